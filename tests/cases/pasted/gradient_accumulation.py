# Accumulate over micro-batches, with a learning rate that warms up.
import logging
import torch
from torch import nn

logging.basicConfig(level=logging.INFO, format="%(asctime)s - %(levelname)s - %(name)s -   %(message)s")
logger = logging.getLogger(__name__)
torch.manual_seed(0)
model = nn.Linear(3, 1)
optimizer = torch.optim.AdamW(model.parameters(), lr=1e-2, weight_decay=0.01)
scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: min(1.0, (step + 1) / 4))
accumulation_steps, global_step = 2, 0
logger.info("***** Running training *****")
for i in range(4):
    x = torch.randn(4, 3)
    loss = nn.functional.mse_loss(model(x), x.sum(1, keepdim=True)) / accumulation_steps
    loss.backward()
    if (i + 1) % accumulation_steps == 0:
        optimizer.step()
        scheduler.step()
        model.zero_grad()
        global_step += 1
        logger.info("step %d loss %.4f lr %s", global_step, loss.item() * accumulation_steps, scheduler.get_last_lr())
assert global_step == 2
