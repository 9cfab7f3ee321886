"""Stand-ins for what Rasa imports at start and we never use (docs/decisions/0001-rasa-in-its-own-room.md).

A stand-in can be imported, subclassed and named in annotations. Calling one raises `NotInstalled` with the missing
module's name. A module that is really installed is never replaced, except what is idle while we serve.
"""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import importlib.util
import sys
from collections.abc import Sequence
from types import ModuleType
from typing import Any, ClassVar

ABSENT = (
    *("aio_pika", "aiogram", "aiormq", "boto3", "botocore", "confluent_kafka", "fbmessenger", "google.auth"),
    *("google.cloud", "google.oauth2", "keras", "mattermostwrapper", "pamqp", "psycopg2", "pydot", "pymongo"),
    *("rocketchat_API", "slack_sdk", "tensorflow", "tensorflow_addons", "tensorflow_hub", "tensorflow_text"),
    *("twilio", "webexteamssdk"),
)

# Installed, imported when Rasa starts, and used by no turn: 60 MB and a third of the time to start.
IDLE_IN_SERVICE = (
    *("apscheduler", "jwt", "matplotlib", "prompt_toolkit", "questionary", "redis", "sanic_jwt", "sklearn", "socketio"),
)


class NotInstalled(ImportError):
    """Something used a library that lean Rasa does without."""


class _StandInType(type):
    """Classes of an absent library: any attribute is another stand-in, so annotations and decorators evaluate."""

    def __getattr__(cls, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _stand_in(f"{cls.__qualname__}.{name}")

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        if len(args) == 1 and callable(args[0]) and not kwargs:
            return args[0]  # used as a decorator
        if cls.__dict__.get("_absent"):
            raise NotInstalled(f"{cls.__qualname__} was used, but lean Rasa does not install it")
        return super().__call__(*args, **kwargs)

    def __getitem__(cls, _: Any) -> Any:
        return cls

    def __or__(cls, _: Any) -> Any:
        return cls

    __ror__ = __or__


def _stand_in(name: str) -> Any:
    return _StandInType(name.rpartition(".")[2], (), {"_absent": True, "__qualname__": name})


class _StandInModule(ModuleType):
    __path__: ClassVar[list[str]] = []
    __version__ = "2.12.0"

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        value = _stand_in(f"{self.__name__}.{name}")
        setattr(self, name, value)
        return value


class _StandInFinder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds a stand-in for each of these modules and everything below them."""

    def __init__(self, names: Sequence[str]) -> None:
        self._names = names

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if not any(fullname == name or fullname.startswith(f"{name}.") for name in self._names):
            return None
        return importlib.util.spec_from_loader(fullname, self, is_package=True)

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType:
        return _StandInModule(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """Nothing to run: attributes appear when they are asked for."""


def install(*, serving: bool) -> None:
    """Put the stand-ins in place, last on the import path; call once, before the first import of rasa."""
    sys.meta_path.append(_StandInFinder(ABSENT))
    if serving:
        sys.meta_path.insert(0, _StandInFinder(IDLE_IN_SERVICE))
