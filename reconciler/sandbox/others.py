"""The services beside Connect that the product, its Lambdas and its demo use: moto's own application.

Every other service gets a plain error, and so does an operation that moto lacks: moto itself answers an HTML page with
a traceback. AWS never answers 501, and clients do not retry it. Some of moto's services start containers (AWS Batch,
CodeBuild); none of those can be reached from here. Lambda runs functions without (`functions`).
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

from reconciler.sandbox import shapes
from reconciler.sandbox.functions.killing import call_of, killing
from reconciler.sandbox.moto_door import hang_up

CODE, STATUS = "NotImplemented", 501
# moto's names of the services.
SERVED = (
    *("awslambda", "cloudwatch", "dynamodb", "dynamodbstreams", "events", "iam", "logs", "resourcegroupstaggingapi"),
    *("s3", "secretsmanager", "sns", "sqs", "ssm", "stepfunctions", "sts"),
)
FORM = "application/x-www-form-urlencoded"  # the content type of protocols with XML answers


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Answers a request of WSGI. moto lets pages of every origin read its answers; this application lets none."""

    def start(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
        own = [(name, value) for name, value in headers if not name.lower().startswith("access-control-")]
        return start_response(status, own, *more)

    try:
        authorization = str(environ.get("HTTP_AUTHORIZATION", ""))
        call = call_of(environ["REQUEST_METHOD"], environ["PATH_INFO"], environ.get("HTTP_X_AMZ_TARGET"))
        if killing.strikes(authorization, "before", call):
            raise hang_up(environ)
        answer: Iterable[bytes] = _dispatcher()(environ, start)
        if killing.strikes(authorization, "after", call):
            raise hang_up(environ)
        return answer
    except NotImplementedError as wrong:
        request = f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']} is not an operation of moto"
        return refusal(str(wrong) or request, environ)(environ, start_response)


def refusal(message: str, environ: Mapping[str, Any]) -> Response:
    """Returns an error in the caller's protocol: XML for forms, JSON otherwise."""
    message = f"the sandbox does not answer this: {message}"
    if str(environ.get("CONTENT_TYPE", "")).startswith(FORM):
        error = f"<Error><Code>{CODE}</Code><Message>{escape(message)}</Message></Error>"
        # Only EC2's protocol reads `Errors`.
        body = f"<ErrorResponse>{error}<Errors>{error}</Errors></ErrorResponse>"
        return Response(body, STATUS, content_type="text/xml")
    body = json.dumps({"__type": CODE, "message": message})
    return Response(body, STATUS, {"x-amzn-ErrorType": CODE}, content_type="application/json")


class _Dispatcher(DomainDispatcherApplication):
    def get_backend_for_host(self, host: str | None) -> Any:
        """Raises `NotImplementedError` for every service that is not served, whether moto has it or not."""
        if host is None:
            return None
        backend = next((name for name in SERVED if name == host), None) or next(
            (name for name, pattern in self.backend_url_patterns if pattern.match(f"http://{host}")), None
        )
        # Signed requests to Connect reach `door` before this; moto's own dispatch leads there too.
        if backend not in (*SERVED, "connect", "scheduler"):
            service = host.partition(".")[0]
            raise NotImplementedError(f"it has no {service}, only {', '.join(shapes.SERVED)}")
        return backend


@cache
def _dispatcher() -> _Dispatcher:
    return _Dispatcher(_backend)


def _backend(service: Any) -> Any:
    """Returns one of moto's services as a Flask application. An unknown address is an unknown operation."""
    app = create_backend_app(service)
    for missing in (NotFound, MethodNotAllowed):
        app.register_error_handler(missing, _no_such_operation)
    return app


def _no_such_operation(wrong: Exception) -> NoReturn:
    raise NotImplementedError from wrong
