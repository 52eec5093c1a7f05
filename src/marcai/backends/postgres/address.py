"""Database addresses as people write them, turned into the one that our driver reads."""

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from marcai.ledger.errors import StoreUnfit


def driver_url(url: str) -> str:
    """Return the address for SQLAlchemy with asyncpg: "postgres://…?sslmode=require" is understood as well.

    Raises:
        StoreUnfit: it is not the address of a PostgreSQL database. The text does not repeat it: it may bear a password.
    """
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError) as error:
        raise StoreUnfit("the database address is not a URL") from error
    if parsed.drivername.split("+")[0] not in ("postgresql", "postgres"):
        raise StoreUnfit("the database address does not begin with postgresql://")
    query = dict(parsed.query)
    if "sslmode" in query:
        query["ssl"] = query.pop("sslmode")
    return parsed.set(drivername="postgresql+asyncpg", query=query).render_as_string(hide_password=False)
