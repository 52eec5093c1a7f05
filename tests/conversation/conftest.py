"""One migrated database for all talks: each makes a clinic of its own in it."""

from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio

from marcai.backends.embedded.postgres import EmbeddedPostgres
from tests.conversation.stage import House, Stage, opened_house

DATABASE = "talks"


@pytest.fixture(scope="session")
def talks_url(postgres: EmbeddedPostgres, migrated_template: str) -> Iterator[str]:
    """The URL of the database in which the talks are held."""
    postgres.create_database(DATABASE, template=migrated_template)
    yield postgres.url(DATABASE)
    postgres.drop_database(DATABASE)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house(talks_url: str) -> AsyncIterator[House]:
    """The open database of a module's talks. Its tests share one loop: `pytestmark = pytest.mark.asyncio(loop_scope="module")`."""
    async with opened_house(talks_url) as opened:
        yield opened


@pytest_asyncio.fixture(loop_scope="module")
async def stage(house: House) -> AsyncIterator[Stage]:
    """An empty calendar and nothing said."""
    async with house.stage() as one:
        yield one
