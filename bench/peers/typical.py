"""The same job as a typical team writes it: FastAPI, SQLAlchemy, one select and one insert per request, one commit."""

from __future__ import annotations

import os
import unicodedata
from datetime import UTC, datetime
from uuid import uuid4

from fastapi import Depends, FastAPI, HTTPException
from fastapi.security import HTTPBasic, HTTPBasicCredentials
from pydantic import BaseModel
from sqlalchemy import BigInteger, Column, DateTime, MetaData, SmallInteger, String, Table, create_engine, insert, select

engine = create_engine(os.environ["BENCH_PEER_URL"], pool_size=20, max_overflow=0)
metadata = MetaData()
person = Table(
    "population_person",
    metadata,
    Column("personal_no", BigInteger, primary_key=True),
    Column("full_name", String),
    Column("birth_year", SmallInteger),
    Column("birth_month", SmallInteger),
    Column("birth_day", SmallInteger),
)
system = Table("onboarding_system", metadata, Column("client_id", String, primary_key=True), Column("state", String))
grant = Table(
    "onboarding_grant",
    metadata,
    Column("id", BigInteger, primary_key=True),
    Column("client_id", String),
    Column("procedure", String),
    Column("purpose", String),
)
audit = Table(
    "peer_audit",
    metadata,
    Column("id", String, primary_key=True),
    Column("at", DateTime(timezone=True)),
    Column("subject", String),
    Column("officer", String),
    Column("purpose", String),
    Column("outcome", String),
)
metadata.create_all(engine, tables=[audit])
app, security = FastAPI(), HTTPBasic()


class Question(BaseModel):
    personal_id: str
    full_name: str
    birth_date: str
    purpose: str
    legal_basis: str
    procedure: str
    officer: str
    dossier_no: str = ""


def folded(name: str) -> str:
    text = unicodedata.normalize("NFD", name.replace("đ", "d").replace("Đ", "D"))
    return "".join(c for c in text if c.isalnum()).upper()


@app.post("/v1/verifications", status_code=201)
def verify(question: Question, credentials: HTTPBasicCredentials = Depends(security)) -> dict[str, str]:
    if credentials.password != os.environ["BENCH_SECRET"]:
        raise HTTPException(401)
    with engine.begin() as connection:
        allowed = connection.execute(
            select(grant.c.purpose)
            .join(system, system.c.client_id == grant.c.client_id)
            .where(
                system.c.client_id == credentials.username, system.c.state == "official", grant.c.procedure == question.procedure
            )
        ).first()
        if allowed is None or allowed.purpose != question.purpose:
            raise HTTPException(403)
        row = connection.execute(select(person).where(person.c.personal_no == int(question.personal_id))).first()
        agrees = (
            row is not None
            and folded(row.full_name) == folded(question.full_name)
            and question.birth_date == f"{row.birth_year:04d}-{row.birth_month:02d}-{row.birth_day:02d}"
        )
        outcome, entry = ("match" if agrees else "no_match"), str(uuid4())
        connection.execute(
            insert(audit).values(
                id=entry,
                at=datetime.now(UTC),
                subject=question.personal_id,
                officer=question.officer,
                purpose=question.purpose,
                outcome=outcome,
            )
        )
    return {"id": entry, "outcome": outcome}
