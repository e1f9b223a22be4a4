"""The multilingual encoder in torch, from its packed file, and back into four bits.

A matrix is trained at full precision and used as four bits would have it; the gradient passes the
rounding unchanged (Bengio et al. 2013, arXiv 1308.3432, section 4). The blocks are those of `q4_0`
in `ggml`: 32 weights from -8 to 7 times a half-precision scale.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from assistant.safety.multilingual import Packed, unpacked

if TYPE_CHECKING:
    import torch
    from tokenizers import Tokenizer

QUERY = "query: "
"""What stands before a text that the package encodes as a query."""

MOST_TOKENS = 252
BLOCK = np.dtype([("scale", "<f2"), ("pairs", "u1", 16)])
STEPS = 8

PARTS = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}
"""What the packed file and `transformers` call the parts of a layer."""

EMBEDDINGS = {
    "emb.word": "word_embeddings.weight",
    "emb.pos": "position_embeddings.weight",
    "emb.type": "token_type_embeddings.weight",
    "emb.ln.w": "LayerNorm.weight",
    "emb.ln.b": "LayerNorm.bias",
}

Raw = NDArray[np.uint8]


class PackedEncoder:
    """The encoder, its upper layers to be trained, and a linear head."""

    def __init__(self, data: bytes, layers: int, outputs: int) -> None:
        """Read a packed file.

        Args:
            data: of the file.
            layers: how many are trained, the uppermost.
            outputs: of the head.
        """
        import torch
        from transformers import BertConfig, BertModel

        self._data, self._packed = data, unpacked(data)
        sizes = self._packed.sizes
        config = BertConfig(
            vocab_size=sizes.pieces,
            hidden_size=sizes.hidden,
            num_hidden_layers=sizes.layers,
            num_attention_heads=sizes.heads,
            intermediate_size=sizes.middle,
            max_position_embeddings=sizes.tokens,
            type_vocab_size=sizes.types,
            layer_norm_eps=self._packed.epsilon,
            pad_token_id=self._packed.marks.padding,
        )
        self.encoder = BertModel(config, add_pooling_layer=False)
        self.encoder.load_state_dict(self._weights())
        self.encoder.requires_grad_(False)
        self.trained = range(sizes.layers - layers, sizes.layers)
        for at in self.trained:
            self.encoder.encoder.layer[at].requires_grad_(True)
            for name, part in self.encoder.encoder.layer[at].named_modules():
                if isinstance(part, torch.nn.Linear) and name in PARTS.values():
                    torch.nn.utils.parametrize.register_parametrization(
                        part, "weight", _in_four_bits(), unsafe=True
                    )
        self.head = torch.nn.Linear(sizes.hidden, outputs)
        self._tokenizer = _tokenizer(self._packed, data)
        self._normals = _normals(data[self._packed.normals])

    def weights(self) -> list[Any]:
        """Return what is trained."""
        moving = [one for one in self.encoder.parameters() if one.requires_grad]
        return [*moving, *self.head.parameters()]

    def tokens(self, text: str) -> list[int]:
        """Return the tokens of a text as the package has them, cut where it is long."""
        marks = self._packed.marks
        plain = text.translate(self._normals)
        while "  " in plain:
            plain = plain.replace("  ", " ")
        found = self._tokenizer.encode(QUERY + plain).ids[: MOST_TOKENS - 2]
        return [marks.first, *found, marks.last]

    def vectors(self, rows: Sequence[Sequence[int]], *, training: bool = False) -> torch.Tensor:
        """Return what some texts mean, each as its tokens, shape (texts, hidden), unit norm."""
        import torch

        width = max(map(len, rows))
        ids = torch.full((len(rows), width), self._packed.marks.padding)
        mask = torch.zeros_like(ids)
        for at, row in enumerate(rows):
            ids[at, : len(row)] = torch.tensor(row)
            mask[at, : len(row)] = 1
        self.encoder.train(training)
        hidden = self.encoder(input_ids=ids, attention_mask=mask).last_hidden_state.float()
        mean = (hidden * mask[..., None]).sum(1) / mask.sum(1, keepdim=True)
        return torch.nn.functional.normalize(mean, dim=-1)

    def packed_layers(self) -> dict[str, Raw]:
        """Return the tensors of the trained layers as a packed file holds them."""
        found = {}
        for at in self.trained:
            for short, name in PARTS.items():
                part: Any = self.encoder.encoder.layer[at].get_submodule(name)
                for end, values in (("w", part.weight), ("b", part.bias)):
                    plain = values.detach().numpy().astype("<f4")
                    whole = end == "b" or short in ("aln", "oln")
                    raw = plain.tobytes() if whole else in_four_bits(plain)
                    found[f"l{at}.{short}.{end}"] = np.frombuffer(raw, np.uint8)
        return found

    def _weights(self) -> Mapping[str, torch.Tensor]:
        import torch

        places, hidden = self._packed.tensors, self._packed.sizes.hidden
        found = {}
        for name, place in places.items():
            layer, short, end = [*name.split("."), "", ""][:3]
            if name in EMBEDDINGS:
                path = f"embeddings.{EMBEDDINGS[name]}"
            else:
                told = "weight" if end == "w" else "bias"
                path = f"encoder.layer.{layer[1:]}.{PARTS[short]}.{told}"
            matrix = short in ("word", "pos", "type") or (end == "w" and "ln" not in short)
            raw = self._data[place]
            blocks = short == "word" or (matrix and layer != "emb")
            values = _of_four_bits(raw) if blocks else np.frombuffer(raw, "<f4").copy()
            width = self._packed.sizes.middle if short == "fo" else hidden
            found[path] = torch.tensor(values.reshape(-1, width) if matrix else values)
        return found


def in_four_bits(weights: NDArray[np.float32]) -> bytes:
    """Return weights in blocks of 32; those that came from such blocks come out the same.

    >>> len(in_four_bits(np.arange(64, dtype=np.float32)))
    36
    """
    rows = weights.reshape(-1, 32)
    most = np.take_along_axis(rows, np.abs(rows).argmax(axis=1)[:, None], axis=1)
    scale = (most / -STEPS).astype(np.float16)
    wide = scale.astype(np.float32)
    turned = np.divide(1.0, wide, out=np.zeros_like(wide), where=wide != 0)
    steps = np.clip(np.rint(rows * turned) + STEPS, 0, 2 * STEPS - 1).astype(np.uint8)
    blocks = np.zeros(len(rows), BLOCK)
    blocks["scale"] = scale[:, 0]
    blocks["pairs"] = steps[:, :16] | (steps[:, 16:] << 4)
    return blocks.tobytes()


def _of_four_bits(raw: bytes) -> NDArray[np.float32]:
    blocks = np.frombuffer(raw, BLOCK)
    steps = np.concatenate([blocks["pairs"] & 15, blocks["pairs"] >> 4], axis=1).astype(np.int8)
    values = (steps - STEPS) * blocks["scale"].astype(np.float32)[:, None]
    return values.reshape(-1).astype(np.float32)


def _in_four_bits() -> torch.nn.Module:
    """Return the module that rounds a matrix to four bits and lets its gradient pass."""
    import torch

    class Rounded(torch.nn.Module):
        def forward(self, weights: torch.Tensor) -> torch.Tensor:
            rows = weights.detach().reshape(-1, 32)
            most = rows.gather(1, rows.abs().argmax(1, keepdim=True))
            scale = (most / -STEPS).half().float()
            steps = torch.where(scale != 0, rows / scale, torch.zeros_like(rows)).round()
            near = (steps.clamp(-STEPS, STEPS - 1) * scale).reshape(weights.shape)
            return weights + (near - weights).detach()

    return Rounded()


def _tokenizer(packed: Packed, data: bytes) -> Tokenizer:
    from tokenizers import Tokenizer, models, pre_tokenizers

    ends = np.frombuffer(data[packed.ends], "<u4")
    scores = np.frombuffer(data[packed.scores], "<f4")
    letters = data[packed.letters]
    pieces = [
        (letters[start:end].decode("utf-8", "replace"), float(score))
        for start, end, score in zip(ends, ends[1:], scores, strict=False)
    ]
    found = Tokenizer(models.Unigram(pieces, unk_id=packed.marks.unknown))
    found.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="always", split=False)
    return found


def _normals(raw: bytes) -> dict[int, str]:
    """Return what letters are normalised to, for `str.translate`."""
    found, at = {}, 0
    while at < len(raw):
        letter, count = int.from_bytes(raw[at : at + 4], "little"), raw[at + 4]
        told = np.frombuffer(raw[at + 5 : at + 5 + 4 * count], "<u4")
        found[letter] = "".join(map(chr, told))
        at += 5 + 4 * count
    return found
