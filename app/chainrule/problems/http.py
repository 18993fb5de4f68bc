"""What can be wrong with an address, a body or a header, whatever program it carries."""

from chainrule.problems.kind import Kind

KINDS = (
    Kind(
        "not-found",
        "There is nothing here",
        "No page, picture or call of the API has this address.",
        ("The page `/api` lists the addresses that there are.",),
    ),
    Kind(
        "method-not-allowed",
        "This address does not take this method",
        "The answer's `Allow` header lists the methods that it takes.",
    ),
    Kind(
        "not-acceptable",
        "No answer of the kind asked for",
        "The `Accept` header names only kinds of answer that this address does not give.",
    ),
    Kind(
        "request-timeout",
        "The request took too long to arrive",
        "The whole body must arrive within the time limit.",
    ),
    Kind(
        "body-too-large",
        "The request is too large",
        "The body is over the size limit.",
        ("The limit stands at `/api/v1/limits`.",),
    ),
    Kind(
        "url-too-long",
        "The address is too long",
        "The program is too long to be carried by an address.",
        ("Send it with `POST /api/v1/graphs`, as the body.",),
    ),
    Kind(
        "head-too-large",
        "The head of the request is too large",
        "The address and the headers together are over the limit.",
    ),
    Kind(
        "not-implemented",
        "This server does not do that",
        "The detail says what it does instead.",
    ),
    Kind(
        "unsupported-media-type",
        "The body is of an unknown kind",
        "A body is `application/json`, or `text/x-python` with the program alone.",
    ),
    Kind(
        "wrong-host",
        "This server does not answer under that name",
        "The `Host` header names a host that the server was not told to answer for.",
        ("Its operator sets `CHAINRULE_ALLOWED_HOSTS`.",),
    ),
    Kind(
        "request-invalid",
        "The request does not fit its schema",
        "Each violation names a field and what it must be.",
        ("The schema is at `/openapi.json`.",),
    ),
    Kind(
        "payload-invalid",
        "The address does not carry a readable program",
        "A part of a link was lost or changed on its way.",
        ("Copy the whole link again: mail and chat programs sometimes cut long ones.",),
    ),
    Kind(
        "graph-invalid",
        "The graph does not hold together",
        "A graph that was brought as JSON is not one that a program can have.",
        ("Edges must lead to nodes that are there, and each list of gradients must have one entry for each pass.",),
    ),
    Kind(
        "too-many-connections",
        "Too many connections",
        "As many connections are open as the server takes, altogether or from one client.",
        (
            "Use one connection for many requests (keep-alive), and close those that are not needed. The operator sets "
            "`CHAINRULE_CONNECTIONS` and `CHAINRULE_CLIENT_CONNECTIONS`.",
        ),
    ),
    Kind(
        "rate-limited",
        "Too many programs from one client",
        "This client has had as many programs run as it may for now.",
        (
            "The answer's `Retry-After` header says when to go on. Pictures and graphs that are in the cache do not "
            "count. The operator sets `CHAINRULE_RATE_LIMIT`.",
        ),
    ),
)
