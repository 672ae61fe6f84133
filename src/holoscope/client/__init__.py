"""A small typed client for any server that speaks this API.

May not: import another room; it needs httpx2, msgspec and pyarrow, nothing else.
Door: `Client`, `Result`, the exceptions of `errors`.
Neighbours: none inside the house; `cli` and the documentation use it. Tests: tests/client.
"""

from holoscope.client.client import CachePolicy, Client, ExportType
from holoscope.client.errors import (
    ApiError,
    BadRequest,
    BadResponse,
    CannotConnect,
    CertificateNotTrusted,
    ClientError,
    ConnectionLost,
    MissingLibrary,
    NotConfigured,
    NotFound,
    PermissionDenied,
    QueryFailed,
    QueryTimedOut,
    RateLimited,
    ServerFailed,
)
from holoscope.client.result import Result
from holoscope.client.retry import RetryPolicy
from holoscope.client.values import Field, Model, Topic, TopicDetail, View, WhoAmI

__all__ = [
    "ApiError",
    "BadRequest",
    "BadResponse",
    "CachePolicy",
    "CannotConnect",
    "CertificateNotTrusted",
    "Client",
    "ClientError",
    "ConnectionLost",
    "ExportType",
    "Field",
    "MissingLibrary",
    "Model",
    "NotConfigured",
    "NotFound",
    "PermissionDenied",
    "QueryFailed",
    "QueryTimedOut",
    "RateLimited",
    "Result",
    "RetryPolicy",
    "ServerFailed",
    "Topic",
    "TopicDetail",
    "View",
    "WhoAmI",
]
