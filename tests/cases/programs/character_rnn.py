import numpy as np
import torch
import torch.nn as nn

torch.manual_seed(0)
text = "hello autograd hello graph "
chars = sorted(set(text))
stoi = {c: i for i, c in enumerate(chars)}
data = np.array([stoi[c] for c in text])


def batches(data, length):
    for start in range(0, len(data) - length - 1, length):
        yield data[start : start + length], data[start + 1 : start + length + 1]


class CharRNN(nn.Module):
    def __init__(self, size, hidden):
        super().__init__()
        self.embed = nn.Embedding(size, hidden)
        self.lstm = nn.LSTM(hidden, hidden, batch_first=True)
        self.head = nn.Linear(hidden, size)

    def forward(self, x, state=None):
        out, state = self.lstm(self.embed(x), state)
        return self.head(out), state


model = CharRNN(len(chars), 8)
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
for epoch in range(2):
    state, total = None, []
    for x, y in batches(data, 8):
        x, y = torch.from_numpy(x)[None], torch.from_numpy(y)[None]
        logits, state = model(x, state)
        state = tuple(s.detach() for s in state)
        loss = nn.functional.cross_entropy(logits.view(-1, len(chars)), y.view(-1))
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 5)
        optimizer.step()
        total.append(loss.item())
    print(epoch, np.mean(total))
probabilities = torch.softmax(logits[0, -1], dim=-1).detach().numpy()
probabilities = probabilities.astype(np.float64)
print(np.random.default_rng(0).choice(len(chars), p=probabilities / probabilities.sum()))
