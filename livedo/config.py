"""Settings: what each is, its value, and where the value came from.

In order of strength: an option of the command, the environment (`LIVEDO_...`),
the file `livedo.toml` in the current folder (or the file that `LIVEDO_CONFIG`
names), the default. What a setting means, in words, is in
`knowledge/wording/*/surfaces.yaml` under `settings`.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from livedo.errors import SettingInvalid

FILE_NAME = "livedo.toml"
FILE_VARIABLE = "LIVEDO_CONFIG"


@dataclass(frozen=True)
class Setting:
    """One thing a reader may choose. `choices` empty means free text."""

    name: str
    default: str
    choices: tuple[str, ...] = ()

    @property
    def variable(self) -> str:
        """The name of the setting in the environment."""
        return f"LIVEDO_{self.name.upper()}"

    def checked(self, value: str, where: str) -> str:
        """The value, if it can be used."""
        if self.choices and value not in self.choices:
            raise SettingInvalid(
                f"The setting {self.name} does not take this value",
                where=where,
                still_works="every other setting",
                next_step=f"use one of: {', '.join(self.choices)}",
            )
        if self.name == "time_zone":
            check_time_zone(value, where)
        if self.name == "hooks_url" and value and not value.startswith(("https://", "http://")):
            raise SettingInvalid(
                "The setting hooks_url takes a web address",
                where=where,
                next_step="write it like https://livedo.hospital.example",
            )
        is_number = value.isdecimal() and int(value) > 0
        if self.name == "processes" and not (is_number or value == "auto"):
            raise SettingInvalid(
                "The setting processes takes a whole number from 1, or auto",
                where=where,
                next_step="use auto for as many as there are processors, or a number",
            )
        return value


@dataclass(frozen=True)
class Value:
    """A setting with its value and where it came from: default, file or environment."""

    setting: Setting
    value: str
    source: str
    place: str


TABLES = ("access",)
"""Tables of the settings file that other modules read: livedo/access/settings.py."""

SETTINGS: tuple[Setting, ...] = (
    Setting("lang", "en", ("en", "da")),
    Setting("units", "si", ("si", "conventional")),
    Setting("time_zone", "UTC"),
    Setting("color", "auto", ("auto", "always", "never")),
    Setting("processes", "auto"),
    Setting("hooks_url", ""),
    Setting("hooks_patients", "own", ("own", "record")),
    Setting("hooks_origins", ""),
)


def check_time_zone(name: str, where: str) -> None:
    """Refuses a time zone that this machine does not know."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise SettingInvalid(
            "This time zone is not known",
            where=where,
            next_step="use a name of the IANA list, such as Europe/Copenhagen",
        ) from error


def settings_file(environment: Mapping[str, str]) -> Path:
    """The settings file that counts here, whether or not it exists."""
    return Path(environment.get(FILE_VARIABLE) or FILE_NAME)


def read_settings(environment: Mapping[str, str] | None = None) -> dict[str, Value]:
    """Every setting with its value and its source."""
    environment = os.environ if environment is None else environment
    path = settings_file(environment)
    in_file = read_file(path, is_named=bool(environment.get(FILE_VARIABLE)))
    return {setting.name: resolve(setting, environment, in_file, path) for setting in SETTINGS}


def resolve(
    setting: Setting, environment: Mapping[str, str], in_file: Mapping[str, str], path: Path
) -> Value:
    """One setting: the environment before the file, the file before the default."""
    if setting.variable in environment:
        value = setting.checked(environment[setting.variable], setting.variable)
        return Value(setting, value, "environment", setting.variable)
    if setting.name in in_file:
        value = setting.checked(in_file[setting.name], f"{path}: {setting.name}")
        return Value(setting, value, "file", str(path))
    return Value(setting, setting.default, "default", "")


def read_file(path: Path, *, is_named: bool) -> dict[str, str]:
    """The settings file as text values. An absent file is empty unless it was named."""
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        if not is_named:
            return {}
        raise unreadable(path, "The settings file does not exist") from error
    except (OSError, UnicodeDecodeError) as error:
        raise unreadable(path, "The settings file cannot be read") from error
    except tomllib.TOMLDecodeError as error:
        raise unreadable(path, f"The settings file is not TOML: {error}") from error
    known = {setting.name for setting in SETTINGS}
    for name in content:
        if name not in known and name not in TABLES:
            raise SettingInvalid(
                f"There is no setting named {name}",
                where=str(path),
                next_step=f"the settings are: {', '.join(sorted(known))}",
            )
    return {name: str(value) for name, value in content.items() if name not in TABLES}


def unreadable(path: Path, what: str) -> SettingInvalid:
    """The error for a settings file that cannot be used."""
    return SettingInvalid(
        what, where=str(path), next_step=f"correct the file, or unset {FILE_VARIABLE}"
    )
