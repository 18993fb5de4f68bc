"""Small models of the usual kinds, with random parameters: each is made with a step that returns its loss."""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from transformers import (
    BertConfig,
    BertForMaskedLM,
    GPT2Config,
    GPT2LMHeadModel,
    ResNetConfig,
    ResNetForImageClassification,
    T5Config,
    T5ForConditionalGeneration,
    ViTConfig,
    ViTForImageClassification,
)

Made = tuple[nn.Module, Callable[[], Tensor]]

WORDS = 120


def _text() -> tuple[Tensor, Tensor]:
    """Two texts of 12 tokens, and what of them is there: the second one is shorter."""
    tokens = torch.randint(1, WORDS, (2, 12))
    there = torch.ones(2, 12, dtype=torch.long)
    there[1, 7:] = 0
    return tokens, there


def gpt2() -> Made:
    sizes = {"n_layer": 2, "n_embd": 32, "n_head": 4, "n_positions": 16, "bos_token_id": 0, "eos_token_id": 0}
    model = GPT2LMHeadModel(GPT2Config(vocab_size=WORDS, **sizes))
    tokens, there = _text()
    return model, lambda: model(input_ids=tokens, attention_mask=there, labels=tokens).loss


def bert() -> Made:
    sizes = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4, "intermediate_size": 64}
    model = BertForMaskedLM(BertConfig(vocab_size=WORDS, **sizes))
    tokens, there = _text()
    return model, lambda: model(input_ids=tokens, attention_mask=there, labels=tokens).loss


def t5() -> Made:
    sizes = {"d_model": 32, "d_kv": 8, "d_ff": 64, "num_layers": 2, "num_heads": 4}
    model = T5ForConditionalGeneration(T5Config(vocab_size=WORDS, decoder_start_token_id=0, **sizes))
    tokens, there = _text()
    return model, lambda: model(input_ids=tokens, attention_mask=there, labels=tokens[:, :5].contiguous()).loss


def vit() -> Made:
    sizes = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4, "intermediate_size": 64}
    model = ViTForImageClassification(ViTConfig(image_size=16, patch_size=4, num_labels=5, **sizes))
    images, labels = torch.randn(2, 3, 16, 16), torch.tensor([1, 3])
    return model, lambda: model(pixel_values=images, labels=labels).loss


def resnet() -> Made:
    sizes = {"embedding_size": 8, "hidden_sizes": [8, 8, 16, 16], "depths": [1, 1, 1, 1]}
    model = ResNetForImageClassification(ResNetConfig(layer_type="basic", num_labels=5, **sizes))
    images, labels = torch.randn(2, 3, 32, 32), torch.tensor([1, 3])
    return model, lambda: model(pixel_values=images, labels=labels).loss


def _block(channels: int, made: int) -> nn.Module:
    return nn.Sequential(
        nn.Conv2d(channels, made, 3, padding=1),
        nn.GroupNorm(2, made),
        nn.SiLU(inplace=True),
        nn.Conv2d(made, made, 3, padding=1),
        nn.SiLU(inplace=True),
    )


class UNet(nn.Module):
    """Two levels down and up, each joined to its like."""

    def __init__(self) -> None:
        super().__init__()
        self.down = nn.ModuleList([_block(3, 8), _block(8, 16)])
        self.middle = _block(16, 32)
        self.rise = nn.ModuleList([nn.ConvTranspose2d(32, 16, 2, 2), nn.ConvTranspose2d(16, 8, 2, 2)])
        self.up = nn.ModuleList([_block(32, 16), _block(16, 8)])
        self.head = nn.Conv2d(8, 3, 1)

    def forward(self, image: Tensor) -> Tensor:
        """Return an image of the same size."""
        kept = []
        for block in self.down:
            image = block(image)
            kept.append(image)
            image = nn.functional.max_pool2d(image, 2)
        image = self.middle(image)
        for rise, block in zip(self.rise, self.up, strict=True):
            image = block(torch.cat([rise(image), kept.pop()], dim=1))
        return self.head(image)


def unet() -> Made:
    model = UNet()
    noise, image = torch.randn(2, 3, 16, 16), torch.randn(2, 3, 16, 16)
    return model, lambda: (model(image + noise) - noise).pow(2).mean()


MODELS: dict[str, Callable[[], Made]] = {one.__name__: one for one in (gpt2, bert, t5, vit, resnet, unet)}
