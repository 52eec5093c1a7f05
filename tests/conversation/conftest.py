"""One migrated database for all talks: each makes a clinic of its own in it."""

from collections.abc import Iterator

import pytest

from marcai.backends.embedded.postgres import EmbeddedPostgres

DATABASE = "talks"


@pytest.fixture(scope="session")
def talks_url(postgres: EmbeddedPostgres, migrated_template: str) -> Iterator[str]:
    """The URL of the database in which the talks are held."""
    postgres.create_database(DATABASE, template=migrated_template)
    yield postgres.url(DATABASE)
    postgres.drop_database(DATABASE)
