# An AMP training step as it is written for a GPU, with the switch off where there is none.
import os
import random
import torch
from torch import nn

seed = 42
random.seed(seed)
os.environ["PYTHONHASHSEED"] = str(seed)
torch.manual_seed(seed)
torch.cuda.manual_seed_all(seed)
torch.backends.cudnn.deterministic = True
torch.backends.cudnn.benchmark = False
device = "cuda:0" if torch.cuda.is_available() else "cpu"
use_amp = device != "cpu"
net = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 1)).to(device)
opt = torch.optim.SGD(net.parameters(), lr=0.01)
scaler = torch.amp.GradScaler(device.split(":")[0], enabled=use_amp)
for epoch in range(2):
    with torch.autocast(device_type=device.split(":")[0], dtype=torch.bfloat16, enabled=True):
        output = net(torch.randn(3, 4, device=device))
        loss = nn.functional.mse_loss(output.float(), torch.zeros(3, 1, device=device))
    scaler.scale(loss).backward()
    scaler.step(opt)
    scaler.update()
    opt.zero_grad()
    print(f"{epoch=} {output.dtype} {loss.dtype}")
