"""Settings: where each value comes from, and what happens to a wrong one."""

from __future__ import annotations

from pathlib import Path

import pytest

from livedo.config import SETTINGS, read_settings
from livedo.errors import SettingInvalid
from livedo.surfaces.words import words


def test_without_a_file_or_environment_every_value_is_the_default(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    values = read_settings({})
    assert {value.source for value in values.values()} == {"default"}


def test_the_environment_is_stronger_than_the_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "livedo.toml").write_text('lang = "da"\nunits = "conventional"\n')
    values = read_settings({"LIVEDO_LANG": "en"})
    assert (values["lang"].value, values["lang"].source) == ("en", "environment")
    assert (values["units"].value, values["units"].source) == ("conventional", "file")


@pytest.mark.parametrize(
    "content",
    ['lang = "xx"', 'colour = "auto"', "lang = ", 'time_zone = "Nowhere/Land"', "processes = 0"],
)
def test_a_wrong_setting_is_named_with_its_place(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, content: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "livedo.toml").write_text(content)
    with pytest.raises(SettingInvalid) as caught:
        read_settings({})
    assert "livedo.toml" in caught.value.where
    assert caught.value.next_step


def test_a_settings_file_that_was_named_must_exist(tmp_path: Path) -> None:
    with pytest.raises(SettingInvalid, match="does not exist"):
        read_settings({"LIVEDO_CONFIG": str(tmp_path / "none.toml")})


@pytest.mark.parametrize("lang", ["en", "da"])
def test_every_setting_has_a_meaning_in_words(lang: str) -> None:
    assert all(words(lang).text(f"settings.{setting.name}") for setting in SETTINGS)
