"""Why a single sign-on did not succeed; the texts tell a person what to do, and nothing from inside."""

from __future__ import annotations

from holoscope.kit.errors import HoloscopeError


class SingleSignOnFailed(HoloscopeError):
    """The browser came back with an answer that proves nothing; which part failed is in the log."""

    code = "single_sign_on_failed"
    status = 401

    def __init__(self) -> None:
        super().__init__("Signing in did not succeed. Start again from the sign-in page.")


class SingleSignOnRefused(HoloscopeError):
    """The provider proved who it is, and that person may not come in."""

    code = "single_sign_on_refused"
    status = 403


class ProviderUnavailable(HoloscopeError):
    """The provider does not answer, or not as the standard says."""

    code = "provider_unavailable"
    status = 503
    retry_seconds = 10

    def __init__(self) -> None:
        super().__init__("The identity provider does not answer as it should. Try again in a moment.")


class BadProviderAnswer(Exception):
    """Inside this package: something the provider said is not right; the text is for the log."""
