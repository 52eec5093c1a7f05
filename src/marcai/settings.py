"""What the environment says, read once and frozen. `MARCAI_*` variables and `.env` configure everything, and nothing else does.

`for_production` refuses to go on without what it needs and names all of it at once; `for_demo` makes its own secrets and keeps
them in the data folder. No message here repeats a value: it may be a secret.
"""

import base64
import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from dotenv import dotenv_values

from marcai.kit.environment import Variables
from marcai.kit.errors import MarcaiError

PREFIX = "MARCAI_"
REQUIRED = ("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "ENCRYPTION_KEYS", "VAPI_WEBHOOK_SECRET")
IN_PROCESS_REDIS = "memory://"
GRAPH_URL = "https://graph.facebook.com"
TWILIO_URL = "https://api.twilio.com"
DEMO_SLUG = "demo"
DEMO_ADMIN_EMAIL = "admin@demo.marcai.example"


class MissingSettings(MarcaiError):
    """Variables that must be set are not; `names` are all of them, in the order of the configuration table."""

    def __init__(self, names: list[str]) -> None:
        super().__init__(f"not set: {', '.join(names)}")
        self.names = names


@dataclass(frozen=True, slots=True)
class ModelAccess:
    """An OpenAI-compatible language model."""

    model: str
    base_url: str | None
    api_key: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class WhisperChoice:
    """Which speech model transcribes, and on what."""

    model: str
    device: str
    compute_type: str


@dataclass(frozen=True, slots=True)
class MetaAccess:
    """WhatsApp through Meta's Cloud API. `graph_url` is a base without a version."""

    phone_number_id: str
    graph_url: str
    app_secret: str = field(repr=False)
    access_token: str = field(repr=False)
    verify_token: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class TwilioAccess:
    """SMS and WhatsApp through Twilio; `whatsapp_number` begins with `whatsapp:`. A number that is not set has no channel."""

    account_sid: str
    sms_number: str | None
    whatsapp_number: str | None
    api_url: str
    auth_token: str = field(repr=False)
    shared_key: str | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class Login:
    """The demo's administrator."""

    email: str
    password: str = field(repr=False)
    is_made_up: bool = False


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that is configured. A channel or model that is None is switched off.

    `chat_clinic` is the slug of the clinic whose chat page stands at `/`.

    `encryption_keys` are 32 bytes each: the first seals, all open. `webhooks_schedule_seconds` is one wait an attempt, exact when
    set, None for the default with jitter. `rate_limits` are requests a minute and a burst within a second, by the name of the limit,
    for those that are not the default's.
    """

    is_demo: bool
    database_url: str = field(repr=False)
    redis_url: str = field(repr=False)
    public_url: str | None
    secret_key: str = field(repr=False)
    encryption_keys: tuple[bytes, ...] = field(repr=False)
    demo_admin: Login | None
    rate_limit_factor: float
    rate_limits: Mapping[str, tuple[int, int]]
    chat_clinic: str | None
    database_pool_size: int
    model: ModelAccess | None
    whisper: WhisperChoice | None
    vapi_webhook_secret: str | None = field(repr=False)
    meta: MetaAccess | None
    twilio: TwilioAccess | None
    webhooks_schedule_seconds: tuple[float, ...] | None
    webhooks_allow_private: bool


def read_environment(env_file: Path = Path(".env")) -> dict[str, str]:
    """Return the `MARCAI_*` variables of the process and, beneath them, of the file. An empty one counts as not set."""
    from_file = dotenv_values(env_file, interpolate=False)
    merged = {**from_file, **os.environ}
    return {name: said for name, said in merged.items() if name.startswith(PREFIX) and said}


def for_production(env: Mapping[str, str]) -> Settings:
    """Return the settings of `serve` and `work`.

    Raises:
        MissingSettings: something that production needs is not set, or a channel is set in part.
        BadVariable: a value cannot be read.
    """
    said = Variables(env, prefix=PREFIX)
    missing = said.not_set(*REQUIRED) + _Channels(said).missing()
    if missing:
        raise MissingSettings(missing)
    return _settled(
        said,
        is_demo=False,
        database_url=said.read("DATABASE_URL", "an address that begins with postgresql://", _async_url) or "",
        redis_url=said.text("REDIS_URL") or "",
        secret_key=said.text("SECRET_KEY") or "",
        encryption_keys=said.keys("ENCRYPTION_KEYS"),
        public_url=said.url("PUBLIC_URL"),
        demo_admin=None,
    )


def for_demo(env: Mapping[str, str], *, data_dir: Path, database_url: str, public_url: str) -> Settings:
    """Return the settings of the demo, whose secrets are made once and kept in the data folder, for our user's eyes only.

    What the environment sets goes before; `MARCAI_DATABASE_URL` and `MARCAI_REDIS_URL` are production's and have no say. What a
    half-set channel lacks is made up anew, so that the channel is there but nobody can prove to be it.
    """
    made = _kept_secrets(data_dir)
    said = Variables(env, prefix=PREFIX)
    password = said.text("DEMO_ADMIN_PASSWORD")
    return _settled(
        said,
        is_demo=True,
        database_url=database_url,
        redis_url=IN_PROCESS_REDIS,
        secret_key=said.text("SECRET_KEY") or made["secret_key"],
        encryption_keys=said.keys("ENCRYPTION_KEYS") or (base64.b64decode(made["encryption_key"]),),
        public_url=said.url("PUBLIC_URL") or public_url,
        demo_admin=Login(said.text("DEMO_ADMIN_EMAIL") or DEMO_ADMIN_EMAIL, password or made["admin_password"], is_made_up=not password),
    )


def _settled(
    said: Variables,
    *,
    is_demo: bool,
    database_url: str,
    redis_url: str,
    secret_key: str,
    encryption_keys: tuple[bytes, ...],
    public_url: str | None,
    demo_admin: Login | None,
) -> Settings:
    channels = _Channels(said)
    return Settings(
        is_demo=is_demo,
        database_url=database_url,
        redis_url=redis_url,
        public_url=public_url,
        secret_key=secret_key,
        encryption_keys=encryption_keys,
        demo_admin=demo_admin,
        rate_limit_factor=said.number("RATE_LIMIT_FACTOR", default=1.0),
        rate_limits={
            name: bounds for name in ("key", "booking", "address") if (bounds := said.bounds(f"RATE_LIMIT_{name.upper()}")) is not None
        },
        chat_clinic=said.text("CHAT_PAGE") or (DEMO_SLUG if is_demo else None),
        database_pool_size=said.count("DATABASE_POOL_SIZE", default=10),
        model=channels.model(),
        whisper=channels.whisper(),
        vapi_webhook_secret=said.text("VAPI_WEBHOOK_SECRET"),
        meta=channels.meta(),
        twilio=channels.twilio(),
        webhooks_schedule_seconds=said.seconds("WEBHOOKS_SCHEDULE_SECONDS"),
        webhooks_allow_private=said.switch("WEBHOOKS_ALLOW_PRIVATE", default=False),
    )


class _Channels:
    """Reads what belongs together: each channel, the model, the transcriber."""

    META = ("META_APP_SECRET", "META_ACCESS_TOKEN", "META_VERIFY_TOKEN", "META_PHONE_NUMBER_ID")
    TWILIO = ("TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN")
    TWILIO_NUMBERS = ("TWILIO_SMS_NUMBER", "TWILIO_WHATSAPP_NUMBER")

    def __init__(self, variables: Variables) -> None:
        self._variables = variables

    def missing(self) -> list[str]:
        """Return what is missing of each of them of which anything is set."""
        said = self._variables
        missing: list[str] = []
        if said.is_any_set("META_"):
            missing += said.not_set(*self.META)
        if said.is_any_set("TWILIO_"):
            # Twilio signs the address that it calls.
            missing += said.not_set(*self.TWILIO, "PUBLIC_URL")
            numbers = said.not_set(*self.TWILIO_NUMBERS)
            missing += numbers if len(numbers) == len(self.TWILIO_NUMBERS) else []
        if said.is_any_set("LLM_"):
            missing += said.not_set("LLM_MODEL")
        return missing

    def _or_made_up(self, name: str) -> str:
        """Return the value, or what nobody knows: production has refused a half-set channel, the demo lets it be.

        An empty secret would let everybody in, so it is never one.
        """
        return self._variables.text(name) or secrets.token_urlsafe(32)

    def model(self) -> ModelAccess | None:
        model = self._variables.text("LLM_MODEL")
        if model is None:
            return None
        # Local servers ask for no key, but the client wants one.
        return ModelAccess(model, self._variables.url("LLM_BASE_URL"), self._variables.text("LLM_API_KEY") or "none")

    def whisper(self) -> WhisperChoice | None:
        model = self._variables.text("WHISPER_MODEL")
        if model is None:
            return None
        return WhisperChoice(model, self._variables.text("WHISPER_DEVICE") or "cpu", self._variables.text("WHISPER_COMPUTE_TYPE") or "int8")

    def meta(self) -> MetaAccess | None:
        if not self._variables.is_any_set("META_"):
            return None
        return MetaAccess(
            phone_number_id=self._or_made_up("META_PHONE_NUMBER_ID"),
            graph_url=self._variables.url("META_GRAPH_URL") or GRAPH_URL,
            app_secret=self._or_made_up("META_APP_SECRET"),
            access_token=self._or_made_up("META_ACCESS_TOKEN"),
            verify_token=self._or_made_up("META_VERIFY_TOKEN"),
        )

    def twilio(self) -> TwilioAccess | None:
        if not self._variables.is_any_set("TWILIO_"):
            return None
        return TwilioAccess(
            account_sid=self._or_made_up("TWILIO_ACCOUNT_SID"),
            sms_number=self._variables.text("TWILIO_SMS_NUMBER"),
            whatsapp_number=self._variables.text("TWILIO_WHATSAPP_NUMBER"),
            api_url=self._variables.url("TWILIO_API_URL") or TWILIO_URL,
            auth_token=self._or_made_up("TWILIO_AUTH_TOKEN"),
            shared_key=self._variables.text("TWILIO_SHARED_KEY"),
        )


def _async_url(said: str) -> str:
    """Return the address with the driver that we use, whichever of PostgreSQL's usual schemes it bears."""
    scheme, separator, rest = said.partition("://")
    if not separator or scheme.split("+")[0] not in {"postgres", "postgresql"}:
        raise ValueError
    return f"postgresql+asyncpg://{rest}"


def _kept_secrets(data_dir: Path) -> dict[str, str]:
    """Return the secrets of this data folder, made at the first call."""
    path = data_dir / "secrets.json"
    if not path.exists():
        made = {
            "secret_key": secrets.token_urlsafe(48),
            "encryption_key": base64.b64encode(secrets.token_bytes(32)).decode(),
            "admin_password": secrets.token_urlsafe(12),
        }
        data_dir.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_name(f".secrets-{secrets.token_hex(4)}")
        with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            json.dump(made, file)
        try:
            # A link, unlike a rename, never replaces what another process has just made.
            os.link(unfinished, path)
        except FileExistsError:
            pass
        finally:
            unfinished.unlink()
    kept: dict[str, str] = json.loads(path.read_text())
    return kept
