import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset, random_split

torch.manual_seed(0)
device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
print(f"Using {device} device")


class Blobs(Dataset):
    def __init__(self, count, classes=3, transform=None):
        self.labels = torch.randint(0, classes, (count,))
        self.points = torch.randn(count, 4) + 2 * self.labels[:, None]
        self.transform = transform

    def __len__(self):
        return len(self.labels)

    def __getitem__(self, index):
        point = self.points[index]
        return self.transform(point) if self.transform else point, self.labels[index]


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.stack = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 3))

    def forward(self, x):
        return self.stack(x)


def train(loader, model, loss_fn, optimizer):
    size = len(loader.dataset)
    model.train()
    for batch, (x, y) in enumerate(loader):
        x, y = x.to(device), y.to(device)
        loss = loss_fn(model(x), y)
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
        if batch % 2 == 0:
            print(f"loss: {loss.item():>7f}  [{(batch + 1) * len(x):>5d}/{size:>5d}]")


def test(loader, model, loss_fn):
    model.eval()
    total, correct = 0.0, 0.0
    with torch.no_grad():
        for x, y in loader:
            out = model(x.to(device))
            total += loss_fn(out, y.to(device)).item()
            correct += (out.argmax(1) == y).type(torch.float).sum().item()
    print(f"Accuracy: {100 * correct / len(loader.dataset):>0.1f}%, Avg loss: {total / len(loader):>8f}")


train_data, test_data = random_split(Blobs(40, transform=lambda point: point / 2), [32, 8])
train_loader = DataLoader(train_data, batch_size=8, shuffle=True)
test_loader = DataLoader(test_data, batch_size=8)
model = Net().to(device)
optimizer = torch.optim.SGD(model.parameters(), lr=1e-1)
for epoch in range(2):
    print(f"Epoch {epoch + 1}\n-------------------------------")
    train(train_loader, model, nn.CrossEntropyLoss(), optimizer)
    test(test_loader, model, nn.CrossEntropyLoss())
print("Done!")
