# A convolutional network on data in the shape of CIFAR, printed as the tutorials print it.
import torch
import torch.nn as nn
import torch.nn.functional as F
import torch.optim as optim
import matplotlib.pyplot as plt
import torchvision
import torchvision.transforms as transforms


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 4, 5)
        self.pool = nn.MaxPool2d(2, 2)
        self.conv2 = nn.Conv2d(4, 6, 5)
        self.fc1 = nn.Linear(6 * 5 * 5, 12)
        self.fc2 = nn.Linear(12, 10)

    def forward(self, x):
        x = self.pool(F.relu(self.conv1(x)))
        x = self.pool(F.relu(self.conv2(x)))
        x = torch.flatten(x, 1)
        return self.fc2(F.relu(self.fc1(x)))


classes = ("plane", "car", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")
torch.manual_seed(0)
net = Net()
criterion, optimizer = nn.CrossEntropyLoss(), optim.SGD(net.parameters(), lr=0.001, momentum=0.9)
running_loss = 0.0
for i in range(4):
    inputs, labels = torch.randn(2, 3, 32, 32), torch.randint(10, (2,))
    optimizer.zero_grad()
    outputs = net(inputs)
    loss = criterion(outputs, labels)
    loss.backward()
    optimizer.step()
    running_loss += loss.item()
    if i % 2 == 1:
        print(f"[{1}, {i + 1:5d}] loss: {running_loss / 2:.3f}")
        running_loss = 0.0
_, predicted = torch.max(outputs, 1)
print("Predicted: ", " ".join(f"{classes[predicted[j]]:5s}" for j in range(2)))
correct_pred = {classname: 0 for classname in classes}
for label, prediction in zip(labels, predicted):
    if label == prediction:
        correct_pred[classes[label]] += 1
assert set(correct_pred) == set(classes)
