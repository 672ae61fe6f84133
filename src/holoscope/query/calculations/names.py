"""The names of functions and operators: as the wire, formulas and SQL-like text write them, and ours.

Our name of a function is its spreadsheet name; operators have names of words (`PLUS`).
"""

from __future__ import annotations

_SAME = {
    "OMNI_FX_SAFE_DIVIDE": "DIVIDE",
    "SAFE_DIVIDE": "DIVIDE",
    "EQUAL": "EQUALS",
    "CONCATENATE": "CONCAT",
    "AMPERSAND": "CONCAT",
    "OMNI_RUNNING_TOTAL": "RUNNING_TOTAL",
    "OMNI_PERCENT_OF_TOTAL": "PERCENT_OF_TOTAL",
    "OMNI_PERCENT_OF_PREVIOUS": "PERCENT_OF_PREVIOUS",
    "OMNI_PERCENT_CHANGE_FROM_PREVIOUS": "PERCENT_CHANGE_FROM_PREVIOUS",
    "OMNI_RANK": "RANK_OF",
    "OMNI_EPOCH": "EPOCH",
    "SUM_IF": "SUMIF",
    "COUNT_IF": "COUNTIF",
    "AVERAGE_IF": "AVERAGEIF",
    "SUM_IFS": "SUMIFS",
    "COUNT_IFS": "COUNTIFS",
    "AVERAGE_IFS": "AVERAGEIFS",
    "MIN_IFS": "MINIFS",
    "MAX_IFS": "MAXIFS",
    "PIVOT_INDEX": "PIVOTINDEX",
    "PIVOT_ROW": "PIVOTROW",
    "IF_ERROR": "IFERROR",
    "IF_NA": "IFNA",
    "IS_BLANK": "ISBLANK",
    "IS_NUMBER": "ISNUMBER",
    "ROUND_UP": "ROUNDUP",
    "ROUND_DOWN": "ROUNDDOWN",
    "SUM_PRODUCT": "SUMPRODUCT",
    "BIT_AND": "BITAND",
    "BIT_OR": "BITOR",
    "BIT_XOR": "BITXOR",
    "BIT_RSHIFT": "BITRSHIFT",
    "BIT_LSHIFT": "BITLSHIFT",
    "COVAR": "COVARIANCE.S",
    "COVAR_S": "COVARIANCE.S",
    "COVAR.S": "COVARIANCE.S",
    "COVAR_SAMP": "COVARIANCE.S",
    "COVARIANCE_S": "COVARIANCE.S",
    "COVARIANCE_P": "COVARIANCE.P",
    "COVAR_POP": "COVARIANCE.P",
    "COVAR.P": "COVARIANCE.P",
    "STDEV_P": "STDEV.P",
    "STDEVP": "STDEV.P",
    "STDDEV_POP": "STDEV.P",
    "STDEV_S": "STDEV",
    "STDEV.S": "STDEV",
    "STDDEV": "STDEV",
    "STDDEV_SAMP": "STDEV",
    "VAR_P": "VAR.P",
    "VARP": "VAR.P",
    "VAR_POP": "VAR.P",
    "VAR_S": "VAR",
    "VAR.S": "VAR",
    "VAR_SAMP": "VAR",
    "VARIANCE": "VAR",
    "AVG": "AVERAGE",
    "MODE.SNGL": "MODE",
    "RANK.EQ": "RANK",
    "CEIL": "CEILING",
    "LEN": "LEN",
    "CHAR_LENGTH": "LEN",
    "LENGTH": "LEN",
    "SUBSTRING": "MID",
    "SUBSTR": "MID",
    "LCASE": "LOWER",
    "UCASE": "UPPER",
    "POW": "POWER",
    "NULL_IF": "NULLIF",
    "TRUNCATE": "TRUNC",
    "CURRENT_TIMESTAMP": "NOW",
    "CURRENT_DATE": "TODAY",
    "NEQ": "NOT_EQUALS",
    "IS_NULL": "ISBLANK",
    "IS_NOT_NULL": "ISPRESENT",
    "MINUS_PREFIX": "UNARY_MINUS",
    "PLUS_PREFIX": "UNARY_PLUS",
}
_STANDARD = {
    # Of SQL, not of spreadsheets: the same words mean something else there.
    "REPLACE": "SUBSTITUTE",
    "LOG": "LN",
    "RANK": "RANK_OF",
    "ROW_NUMBER": "ROW",
    "CONCAT": "CONCAT",
    "MOD": "MOD",
}


def name_of_operator(operator: str) -> str:
    """Give our name of an operator of the wire, `Omni.OMNI_FX_SUM` or `SqlStdOperatorTable.PLUS`."""
    table, _, word = operator.strip().rpartition(".")
    if table.upper().endswith(("STDEV", "VAR", "COVARIANCE", "COVAR")):  # STDEV.P has a dot of its own
        table, word = table.rpartition(".")[0], f"{table.rpartition('.')[2]}.{word}"
    word = word.strip().upper().replace(" ", "_")
    if table.upper().endswith("SQLSTDOPERATORTABLE"):
        return _STANDARD.get(word) or _SAME.get(word, word)
    return name_of_function(word)


def name_of_function(word: str) -> str:
    """Give our name of a function as formulas write it, or with the stem `OMNI_FX_`."""
    word = word.upper()
    if word in _SAME:
        return _SAME[word]
    word = word.removeprefix("OMNI_FX_")
    return _SAME.get(word, word)
