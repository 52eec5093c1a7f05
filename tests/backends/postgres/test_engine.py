from uuid import uuid4

from marcai.backends.postgres.engine import Postgres
from marcai.ledger.events import AuditEntry, OutboxEvent


async def test_a_unit_opens(store: Postgres) -> None:
    async with store.unit(uuid4(), actor_label="test") as unit:
        print(await unit.driver.fetchrow("select current_user, session_user, current_setting('app.org')"))
        await unit.commit()
