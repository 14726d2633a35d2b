"""Every service but Connect: moto's own application, and a plain answer for what moto does not have.

moto's way with that is a page of HTML and a traceback. 501 is none of AWS's statuses and none that clients retry.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Any, NoReturn
from xml.sax.saxutils import escape

from moto.backends import list_of_moto_modules
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.exceptions import MethodNotAllowed, NotFound
from werkzeug.wrappers import Response

CODE, STATUS = "NotImplemented", 501
FORM = "application/x-www-form-urlencoded"  # what the protocols with XML answers send


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """A WSGI application."""
    try:
        answer: Iterable[bytes] = _dispatcher()(environ, start_response)
        return answer
    except NotImplementedError as wrong:
        asked = f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']} is no operation that moto has"
        return refusal(str(wrong) or asked, environ)(environ, start_response)


def refusal(message: str, environ: Mapping[str, Any]) -> Response:
    """An error as the caller's protocol has it: XML for forms, JSON otherwise."""
    message = f"the sandbox does not answer this: {message}"
    if str(environ.get("CONTENT_TYPE", "")).startswith(FORM):
        error = f"<Error><Code>{CODE}</Code><Message>{escape(message)}</Message></Error>"
        # EC2 alone looks for `Errors`.
        body = f"<ErrorResponse>{error}<Errors>{error}</Errors></ErrorResponse>"
        return Response(body, STATUS, content_type="text/xml")
    said = json.dumps({"__type": CODE, "message": message})
    return Response(said, STATUS, {"x-amzn-ErrorType": CODE}, content_type="application/json")


class _Dispatcher(DomainDispatcherApplication):
    def get_backend_for_host(self, host: str | None) -> Any:
        """Raises `NotImplementedError` where moto has no such service; moto would write to stdout, and fail."""
        known = (
            host is None
            or host == "moto_api"
            or host in list_of_moto_modules()
            or any(pattern.match(f"http://{host}") for _, pattern in self.backend_url_patterns)
        )
        if not known:
            raise NotImplementedError(f"moto has no service {str(host).partition('.')[0]}")
        return super().get_backend_for_host(host)


@cache
def _dispatcher() -> _Dispatcher:
    return _Dispatcher(_backend)


def _backend(service: Any) -> Any:
    """One service of moto's, a Flask application that lets errors through. An address that it does not have is an
    operation that it does not have."""
    app = create_backend_app(service)
    for missing in (NotFound, MethodNotAllowed):
        app.register_error_handler(missing, _no_such_operation)
    return app


def _no_such_operation(wrong: Exception) -> NoReturn:
    raise NotImplementedError from wrong
