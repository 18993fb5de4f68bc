# Early stopping, a scheduler on a plateau, best weights kept in memory.
import copy
import sys
import torch
from torch import nn


class EarlyStopping:
    def __init__(self, patience=2, verbose=False, delta=0, trace_func=print):
        self.patience, self.verbose, self.delta, self.trace_func = patience, verbose, delta, trace_func
        self.counter, self.best_score, self.early_stop = 0, None, False
        self.val_loss_min = float("inf")
        self.best = None

    def __call__(self, val_loss, model):
        score = -val_loss
        if self.best_score is None or score > self.best_score + self.delta:
            if self.verbose:
                self.trace_func(f"Validation loss decreased ({self.val_loss_min:.6f} --> {val_loss:.6f}).")
            self.best_score, self.val_loss_min, self.counter = score, val_loss, 0
            self.best = copy.deepcopy(model.state_dict())
        else:
            self.counter += 1
            self.trace_func(f"EarlyStopping counter: {self.counter} out of {self.patience}")
            self.early_stop = self.counter >= self.patience


torch.manual_seed(0)
model = nn.Linear(1, 1)
opt = torch.optim.SGD(model.parameters(), lr=1.2)
sched = torch.optim.lr_scheduler.ReduceLROnPlateau(opt, mode="min", factor=0.5, patience=0)
stopper = EarlyStopping(verbose=True)
x = torch.linspace(-1, 1, 8).unsqueeze(1)
for epoch in range(12):
    opt.zero_grad()
    loss = ((model(x) - 3 * x) ** 2).mean()
    loss.backward()
    opt.step()
    with torch.no_grad():
        val = ((model(x + 0.5) - 3 * (x + 0.5)) ** 2).mean().item()
    sched.step(val)
    stopper(val, model)
    if stopper.early_stop:
        print("Early stopping", file=sys.stderr)
        break
model.load_state_dict(stopper.best)
assert stopper.val_loss_min < 10
