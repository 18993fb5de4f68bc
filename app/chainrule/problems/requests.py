"""What can be wrong with a request before a program runs, or with its result afterwards."""

from chainrule.problems.kind import Kind

KINDS = (
    Kind(
        "empty-source",
        "There is nothing to run",
        "The program has no statement, only blanks or comments.",
        ("Type an expression, or a program in PyTorch.",),
        mended="(2*x**3).sum()/12\n",
        status=422,
    ),
    Kind(
        "source-too-long",
        "The program is too long",
        "The program's text is over the size limit.",
        (
            "The limit is in bytes of UTF-8; `/api/v1/limits` shows it, and whoever runs the service sets it. "
            "Leave out "
            "what the question does not need: smaller layers and fewer of them have the same graph to learn from.",
        ),
        status=413,
    ),
    Kind(
        "program-rejected",
        "The program was not run",
        "The program does not parse, or it uses something that programs may not use here.",
        (
            "Every place is listed with a reason, and nothing was executed. Programs may use PyTorch, Python's own "
            "language and a few modules such as `math`; they have no files, no network and no processes.",
            "This check is a courtesy that tells early and clearly. What keeps the service safe is that programs run "
            "in a confined process.",
        ),
        status=422,
    ),
    Kind(
        "syntax-error",
        "This is not Python",
        "Python's parser does not understand the text at this place.",
        (
            "The words are the parser's own. The mistake is often just before the place: an open bracket, a "
            "missing colon.",
        ),
        "x = torch.tensor([1., 2.\ny = x*2\n",
        "x = torch.tensor([1., 2.])\ny = x*2\n",
        status=422,
    ),
    Kind(
        "too-deep",
        "The program is nested too deep",
        "An expression or block has more levels than the parser is given here.",
        ("Give parts of it a name, or use a loop.",),
        status=422,
    ),
    Kind(
        "name-unknown",
        "A name is not defined",
        "The program uses a name that nothing in it binds, and that is not there from the start.",
        (
            "In a bare expression, a name that is not called becomes an input, a leaf whose value you choose. In a "
            "program of several statements names must be given a value, or be given as inputs of the request.",
        ),
        "y = tenosr([1., 2.])\n",
        "y = tensor([1., 2.])\n",
        status=422,
    ),
    Kind(
        "name-refused",
        "A name cannot be used here",
        "This name would reach files, the network, the system or the interpreter itself.",
        ("The message says why, and what to use instead where there is something.",),
        "print(open('data.txt'))\n",
        status=422,
    ),
    Kind(
        "attribute-refused",
        "An attribute cannot be used here",
        "What stands after the dot is not among the attributes that programs may use.",
        (
            "Attributes of tensors, modules, optimizers and Python's own types can be used, and all that the program "
            "itself defines. What reaches raw memory (`data_ptr`, `storage`, `as_strided`) or the interpreter cannot.",
        ),
        "x = torch.ones(3)\nprint(x.storage())\n",
        "x = torch.ones(3)\nprint(x.tolist())\n",
        status=422,
    ),
    Kind(
        "import-refused",
        "A module cannot be imported here",
        "Only PyTorch, NumPy, `math` and a few more modules of Python's own library are there.",
        (
            "`torch`, `torch.nn`, `torch.nn.functional`, `torch.optim`, `torch.autograd` and their like can be "
            "imported, and `numpy`, `math`, `random`, `itertools`, `functools`, `collections`, `typing`, "
            "`dataclasses`. "
            "Nothing has to be: `torch`, `nn`, `F` and `math` are there already.",
        ),
        "import pandas as pd\nx = torch.tensor(pd.Series([1., 2.]).values)\n",
        "x = torch.tensor([1., 2.])\n",
        status=422,
    ),
    Kind(
        "construct-refused",
        "This cannot be written here",
        "A form of Python's that programs may not use here: async code, metaclasses, `out=` arguments.",
        ("`out=` writes over a tensor, which autograd refuses where a gradient is needed: use the result instead.",),
        "x = torch.ones(3)\ny = torch.empty(3)\ntorch.exp(x, out=y)\n",
        "x = torch.ones(3)\ny = torch.exp(x)\n",
        status=422,
    ),
    Kind(
        "payload-invalid",
        "The address does not carry a readable program",
        "A part of a link was lost or changed on its way.",
        ("Copy the whole link again: mail and chat programs sometimes cut long ones.",),
        status=400,
    ),
    Kind(
        "input-invalid",
        "An input cannot be used",
        "An input is not a number or a regular nested list of numbers, or nothing in the program uses it.",
        (
            "Numbers may be written as `2`, `2.5`, `[1, 2]`, `[[1, 2], [3, 4]]`; all lists on one level have the same "
            'length. `"nan"`, `"inf"` and `"-inf"` stand for those values, `{"re": 1, "im": 2}` for a complex number.',
        ),
        status=422,
    ),
    Kind(
        "root-unknown",
        "The root is not a tensor of this program",
        "The variable asked for as the root is not there at the end of the program, or is not a tensor.",
        ("Name a variable of the program that holds a tensor, or leave the root out: the last result is taken.",),
        status=422,
    ),
    Kind(
        "gradient-invalid",
        "The gradient does not fit the root",
        "The gradient to start backward with must have the shape of the root.",
        ("It says how much each element of the root counts. Leave it out for a scalar: it is 1 then.",),
        status=422,
    ),
    Kind(
        "view-invalid",
        "This view does not exist",
        "An option of the picture has a value that it does not know.",
        ("The message lists the values that there are.",),
        status=422,
    ),
    Kind(
        "graph-invalid",
        "The graph does not hold together",
        "A graph that was brought as JSON is not one that a program can have.",
        ("Edges must lead to nodes that are there, and gradients must be of passes that are there.",),
        status=422,
    ),
    Kind("picture", "The picture cannot be drawn", "The graph is there, and cannot be drawn as asked.", status=422),
    Kind(
        "layout-deadline",
        "The picture takes too long to lay out",
        "The graph has too many lines that cross to be laid out in time, even folded.",
        ("Fold modules and loops, look at one scope at a time, or do fewer steps. The numbers are in the JSON.",),
        status=422,
    ),
    Kind(
        "busy",
        "Too many programs are waiting",
        "As many programs run at once as the machine has processors, and the queue is full.",
        ("The answer's `Retry-After` header says when to try again.",),
        status=503,
    ),
    Kind(
        "sandbox",
        "The sandbox failed",
        "The process that runs programs could not be started, or gave an answer that cannot be trusted.",
        ("Try again. If it stays, whoever runs this service finds the reason in its log.",),
        status=503,
    ),
    Kind(
        "too-many-connections",
        "Too many connections",
        "As many connections are open as the server takes, altogether or from one client.",
        (
            "Use one connection for many requests (keep-alive), and close those that are not needed. The operator sets "
            "`CHAINRULE_CONNECTIONS` and `CHAINRULE_CLIENT_CONNECTIONS`.",
        ),
        status=503,
    ),
)
