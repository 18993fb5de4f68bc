# An encoder and a decoder with attention and teacher forcing.
import random
import re
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch import optim

SOS_token, EOS_token, MAX_LENGTH = 0, 1, 5


class Lang:
    def __init__(self, name):
        self.name = name
        self.word2index = {}
        self.index2word = {0: "SOS", 1: "EOS"}
        self.n_words = 2

    def addSentence(self, sentence):
        for word in sentence.split(" "):
            if word not in self.word2index:
                self.word2index[word] = self.n_words
                self.index2word[self.n_words] = word
                self.n_words += 1


def normalizeString(s):
    s = re.sub(r"([.!?])", r" \1", s.lower().strip())
    return re.sub(r"[^a-zA-Z.!?]+", r" ", s).strip()


class EncoderRNN(nn.Module):
    def __init__(self, input_size, hidden_size):
        super().__init__()
        self.hidden_size = hidden_size
        self.embedding = nn.Embedding(input_size, hidden_size)
        self.gru = nn.GRU(hidden_size, hidden_size)

    def forward(self, input, hidden):
        return self.gru(self.embedding(input).view(1, 1, -1), hidden)

    def initHidden(self):
        return torch.zeros(1, 1, self.hidden_size)


class AttnDecoderRNN(nn.Module):
    def __init__(self, hidden_size, output_size, dropout_p=0.1, max_length=MAX_LENGTH):
        super().__init__()
        self.embedding = nn.Embedding(output_size, hidden_size)
        self.attn = nn.Linear(hidden_size * 2, max_length)
        self.attn_combine = nn.Linear(hidden_size * 2, hidden_size)
        self.dropout = nn.Dropout(dropout_p)
        self.gru = nn.GRU(hidden_size, hidden_size)
        self.out = nn.Linear(hidden_size, output_size)

    def forward(self, input, hidden, encoder_outputs):
        embedded = self.dropout(self.embedding(input).view(1, 1, -1))
        attn_weights = F.softmax(self.attn(torch.cat((embedded[0], hidden[0]), 1)), dim=1)
        attn_applied = torch.bmm(attn_weights.unsqueeze(0), encoder_outputs.unsqueeze(0))
        output = torch.cat((embedded[0], attn_applied[0]), 1)
        output, hidden = self.gru(F.relu(self.attn_combine(output).unsqueeze(0)), hidden)
        return F.log_softmax(self.out(output[0]), dim=1), hidden, attn_weights


pairs = [[normalizeString(s) for s in pair] for pair in [("I am.", "Je suis!"), ("You are?", "Tu es.")]]
input_lang, output_lang = Lang("eng"), Lang("fra")
for a, b in pairs:
    input_lang.addSentence(a)
    output_lang.addSentence(b)
encoder, decoder = EncoderRNN(input_lang.n_words, 6), AttnDecoderRNN(6, output_lang.n_words)
opts = [optim.SGD(m.parameters(), lr=0.01) for m in (encoder, decoder)]
criterion = nn.NLLLoss()
for it in range(2):
    source, target = random.choice(pairs)
    src = torch.tensor([input_lang.word2index[w] for w in source.split(" ")] + [EOS_token]).view(-1, 1)
    tgt = torch.tensor([output_lang.word2index[w] for w in target.split(" ")] + [EOS_token]).view(-1, 1)
    hidden = encoder.initHidden()
    for o in opts:
        o.zero_grad()
    encoder_outputs = torch.zeros(MAX_LENGTH, encoder.hidden_size)
    for ei in range(src.size(0)):
        encoder_output, hidden = encoder(src[ei], hidden)
        encoder_outputs[ei] = encoder_output[0, 0]
    decoder_input, loss = torch.tensor([[SOS_token]]), 0
    use_teacher_forcing = True if random.random() < 0.5 else False
    for di in range(tgt.size(0)):
        decoder_output, hidden, _ = decoder(decoder_input, hidden, encoder_outputs)
        loss += criterion(decoder_output, tgt[di])
        if use_teacher_forcing:
            decoder_input = tgt[di]
        else:
            decoder_input = decoder_output.topk(1)[1].squeeze().detach()
            if decoder_input.item() == EOS_token:
                break
    loss.backward()
    for o in opts:
        o.step()
    print("%d %s > %s %.4f" % (it, source, target, loss.item() / tgt.size(0)))
