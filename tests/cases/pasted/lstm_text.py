# Predict the next letter with an LSTM, hidden state detached between chunks.
import sys
import torch
import torch.nn as nn
from collections import Counter

text = "hello world, hello graph"
vocab = {ch: i for i, (ch, _) in enumerate(Counter(text).most_common())}
ids = torch.tensor([vocab[c] for c in text])


class CharLSTM(nn.Module):
    def __init__(self, n, d=8, h=12):
        super().__init__()
        self.emb = nn.Embedding(n, d)
        self.lstm = nn.LSTM(d, h, batch_first=True)
        self.out = nn.Linear(h, n)

    def forward(self, x, state=None):
        y, state = self.lstm(self.emb(x), state)
        return self.out(y), state


def repackage_hidden(h):
    """Wraps hidden states in new Tensors, to detach them from their history."""
    if isinstance(h, torch.Tensor):
        return h.detach()
    return tuple(repackage_hidden(v) for v in h)


torch.manual_seed(0)
net = CharLSTM(len(vocab))
opt = torch.optim.Adam(net.parameters(), lr=0.02)
state = None
for chunk in range(0, 20, 5):
    x, t = ids[chunk : chunk + 5].unsqueeze(0), ids[chunk + 1 : chunk + 6]
    if state is not None:
        state = repackage_hidden(state)
    logits, state = net(x, state)
    loss = nn.functional.cross_entropy(logits.squeeze(0), t)
    opt.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(net.parameters(), 0.25)
    opt.step()
    sys.stdout.write("| chunk {:3d} | loss {:5.2f} | ppl {:8.2f}\n".format(chunk, loss.item(), loss.exp().item()))
    sys.stdout.flush()
