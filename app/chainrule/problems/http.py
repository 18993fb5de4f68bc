"""What an HTTP status means by itself, whatever program the request carries: one kind for each status."""

from chainrule.problems.kind import Kind

KINDS = (
    Kind(
        "bad-request",
        "The request cannot be answered",
        "The request is not of the form that this address understands.",
        ("The API's own description, at `/openapi.json`, lists every address with its fields and options.",),
        status=400,
    ),
    Kind(
        "not-found",
        "There is nothing here",
        "No page, picture or call of the API has this address.",
        ("The page `/api` lists the addresses that there are.",),
        status=404,
    ),
    Kind(
        "method-not-allowed",
        "This address does not take this method",
        "The answer's `Allow` header lists the methods that it takes.",
        status=405,
    ),
    Kind(
        "not-acceptable",
        "No answer of the kind asked for",
        "The `Accept` header names only kinds of answer that this address does not give.",
        status=406,
    ),
    Kind(
        "request-timeout",
        "The request took too long to arrive",
        "The whole body must arrive within the time limit.",
        status=408,
    ),
    Kind(
        "body-too-large",
        "The request is too large",
        "The body is over the size limit.",
        ("The limit stands at `/api/v1/limits`.",),
        status=413,
    ),
    Kind(
        "url-too-long",
        "The address is too long",
        "The program is too long to be carried by an address.",
        ("Send it with `POST /api/v1/graphs`, as the body.",),
        status=414,
    ),
    Kind(
        "unsupported-media-type",
        "The body is of an unknown kind",
        "A body is `application/json`, or `text/x-python` with the program alone.",
        status=415,
    ),
    Kind(
        "wrong-host",
        "This server does not answer under that name",
        "The `Host` header names a host that the server was not told to answer for.",
        ("Its operator sets `CHAINRULE_ALLOWED_HOSTS`.",),
        status=421,
    ),
    Kind(
        "request-invalid",
        "The request does not fit its schema",
        "Each violation names a field and what it must be.",
        ("The schema is at `/openapi.json`.",),
        status=422,
    ),
    Kind(
        "rate-limited",
        "Too many programs from one client",
        "This client has had as many programs run as it may for now.",
        (
            "The answer's `Retry-After` header says when to go on. Pictures and graphs that are in the cache do not "
            "count. The operator sets `CHAINRULE_RATE_LIMIT`.",
        ),
        status=429,
    ),
    Kind(
        "head-too-large",
        "The head of the request is too large",
        "The address and the headers together are over the limit.",
        status=431,
    ),
    Kind(
        "internal",
        "Something went wrong",
        "The service made a mistake; your program is not at fault.",
        ("Try again. If it stays, tell whoever runs this service, with the program and the request's id.",),
        status=500,
    ),
    Kind(
        "not-implemented",
        "This server does not do that",
        "The detail says what it does instead.",
        status=501,
    ),
    Kind("service", "The service cannot answer now", "The request may be fine: try it again in a moment.", status=503),
)
