"""A study on an existing Dask cluster, through joblib's backend. An optional extra: `pip install 'clfz[cluster]'`."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from typing import Any

from clfz.runs.studies.errors import StudyError

PATIENCE = 20  # seconds that a scheduler has to answer, and then to find a worker


@contextlib.contextmanager
def connected(address: str | None) -> Iterator[None]:
    """Let joblib use a cluster; a client of this process is used when there is no address.

    Raises:
        StudyError: Dask is not installed, or the scheduler does not answer.
    """
    try:
        from dask.distributed import Client, default_client
    except ImportError:
        text = "A cluster needs Dask. Install it with: pip install 'clfz[cluster]'"
        raise StudyError(text) from None
    if address is None:
        try:
            client = default_client()
        except ValueError:
            text = "There is no Dask client in this process. Give cluster='tcp://HOST:PORT'."
            raise StudyError(text) from None
        with _backend(client):
            yield
        return
    if not re.fullmatch(r"(tcp|tls|ucx|ws|wss)://\S+:\d+/?", address):
        raise StudyError(f'"{address}" is no address of a Dask scheduler. Write tcp://HOST:PORT.')
    try:
        client = Client(address, timeout=PATIENCE, set_as_default=False)
    except (OSError, ValueError, TimeoutError) as error:
        text = f"No Dask scheduler answers at {address} ({type(error).__name__}). Write tcp://HOST:PORT."
        raise StudyError(text) from None
    try:
        with _backend(client):
            yield
    finally:
        client.close()


def _backend(client: Any) -> Any:
    """Let joblib send its work there; the first worker may still be on its way."""
    import joblib

    try:
        client.wait_for_workers(1, timeout=PATIENCE)
    except TimeoutError:
        raise StudyError(f"The Dask scheduler has no worker after {PATIENCE} seconds.") from None
    return joblib.parallel_config(backend="dask", client=client, n_jobs=-1)
