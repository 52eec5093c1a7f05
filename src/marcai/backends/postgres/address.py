"""Database addresses as people write them, turned into the one that our driver reads."""

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from marcai.ledger.errors import StoreUnfit


def driver_url(url: str) -> str:
    """Return the address for SQLAlchemy with asyncpg: "postgres://…?sslmode=require" is understood as well.

    Raises:
        StoreUnfit: it is not the address of a PostgreSQL database. The text does not repeat it: it may bear a password.
    """
    parsed = _parsed(url)
    query = dict(parsed.query)
    if "sslmode" in query:
        query["ssl"] = query.pop("sslmode")
    return parsed.set(drivername="postgresql+asyncpg", query=query).render_as_string(hide_password=False)


def libpq_parameters(url: str) -> dict[str, str | int]:
    """Return the same address as PostgreSQL's own library names its parts; what the address leaves out is left out.

    Raises:
        StoreUnfit: as above.
    """
    parsed = _parsed(url)
    said = {name: value for name, value in parsed.query.items() if isinstance(value, str)}
    parts: dict[str, str | int | None] = {
        "host": parsed.host or said.get("host"),
        "port": parsed.port or said.get("port"),
        "user": parsed.username,
        "password": parsed.password,
        "dbname": parsed.database,
        "sslmode": said.get("sslmode") or said.get("ssl"),
    }
    return {name: part for name, part in parts.items() if part is not None}


def _parsed(url: str) -> URL:
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError) as error:
        raise StoreUnfit("the database address is not a URL") from error
    if parsed.drivername.split("+")[0] not in ("postgresql", "postgres"):
        raise StoreUnfit("the database address does not begin with postgresql://")
    return parsed
