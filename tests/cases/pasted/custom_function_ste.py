# A straight-through estimator, and a Function with more than one input.
import torch
from torch.autograd import Function


class Binarize(Function):
    @staticmethod
    def forward(ctx, x):
        return x.sign()

    @staticmethod
    def backward(ctx, g):
        return g.clone()


class LinearFunction(Function):
    @staticmethod
    def forward(ctx, input, weight, bias=None):
        ctx.save_for_backward(input, weight, bias)
        output = input.mm(weight.t())
        if bias is not None:
            output += bias.unsqueeze(0).expand_as(output)
        return output

    @staticmethod
    def backward(ctx, grad_output):
        input, weight, bias = ctx.saved_tensors
        grad_input = grad_weight = grad_bias = None
        if ctx.needs_input_grad[0]:
            grad_input = grad_output.mm(weight)
        if ctx.needs_input_grad[1]:
            grad_weight = grad_output.t().mm(input)
        if bias is not None and ctx.needs_input_grad[2]:
            grad_bias = grad_output.sum(0)
        return grad_input, grad_weight, grad_bias


w = torch.tensor([[0.3, -0.2], [0.1, 0.5]], requires_grad=True)
b = torch.zeros(2, requires_grad=True)
out = LinearFunction.apply(torch.ones(3, 2), Binarize.apply(w), b)
out.sum().backward()
assert torch.equal(w.grad, torch.full((2, 2), 3.0))
assert torch.equal(b.grad, torch.full((2,), 3.0))
print(w.grad, b.grad)
