"""The few services beside Connect that the product, its Lambdas and its demo use: moto's own application.

A plain answer for every other service, and for what moto does not have; moto's way with that is a page of HTML and a
traceback. 501 is none of AWS's statuses and none that clients retry. Some of moto's services start containers
(AWS Batch, CodeBuild, Lambda) and none of those may be reached from here.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Any, NoReturn
from xml.sax.saxutils import escape

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.exceptions import MethodNotAllowed, NotFound
from werkzeug.wrappers import Response

CODE, STATUS = "NotImplemented", 501
SERVED = ("dynamodb", "s3", "secretsmanager", "sts")
FORM = "application/x-www-form-urlencoded"  # what the protocols with XML answers send


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """A WSGI application. moto allows every origin to read its answers; here no page may read one."""

    def start(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
        own = [(name, value) for name, value in headers if not name.lower().startswith("access-control-")]
        return start_response(status, own, *more)

    try:
        answer: Iterable[bytes] = _dispatcher()(environ, start)
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
        """Raises `NotImplementedError` for every service that is not served, whether moto has it or not."""
        if host is None:
            return None
        backend = next((name for name in SERVED if name == host), None) or next(
            (name for name, pattern in self.backend_url_patterns if pattern.match(f"http://{host}")), None
        )
        # Signed requests to Connect come to our own door before this. moto's way leads there too.
        if backend not in (*SERVED, "connect"):
            asked = host.partition(".")[0]
            raise NotImplementedError(f"it has no {asked}, only connect, qconnect, {', '.join(SERVED)}")
        return backend


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
