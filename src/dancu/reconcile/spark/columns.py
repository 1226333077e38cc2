"""The columns that pass between our loops and a query engine. Such engines know no unsigned numbers: bits stay, signs appear."""

from __future__ import annotations

import pyarrow as pa

# A list as it is handed over: `record` numbers its lines and is unique, the rest is text as it was written.
RECORDS = pa.schema([("record", pa.int64()), ("number", pa.string()), ("name", pa.string()), ("birth_date", pa.string())])
# A person's row of the snapshot: its place, then its eight words; the two of the name's key are one number here.
PERSON = pa.schema(
    [("row", pa.int64()), ("marks", pa.int32()), ("key", pa.int64())]
    + [(name, pa.int32()) for name in ("bare", "soft", "any_order", "ends", "birth")]
)
PERSONS = pa.schema([("number", pa.int64()), *PERSON])
OLD = pa.schema([("old", pa.int64()), *PERSON])  # a person stands here once for each nine-digit number she had
# A record after it was read: what its number is and had to be mended, its name's key, where the tones stand, its packed date.
READ = pa.schema(
    {
        "record": pa.int64(),
        "kind": pa.int8(),
        "value": pa.int64(),
        "mended": pa.int32(),
        "name_key": pa.int64(),
        "placed": pa.int32(),
        "date": pa.int32(),
        "name": pa.string(),
    }
)
# What the judge takes: a record without its number, how somebody was found, and her row; nothing where nobody was.
JOINED = pa.schema([field for field in READ if field.name not in ("kind", "value")] + [("found", pa.int8()), *PERSON])
VERDICT = pa.schema(
    [("record", pa.int64()), ("row", pa.int64()), ("found", pa.int8()), ("differs", pa.int8()), ("reason", pa.int32())]
)

_SPARK_TYPES = {pa.int8(): "byte", pa.int32(): "int", pa.int64(): "long", pa.string(): "string"}


def spark_schema(schema: pa.Schema) -> str:
    """A schema as Spark writes it."""
    return ", ".join(f"`{field.name}` {_SPARK_TYPES[field.type]}" for field in schema)
