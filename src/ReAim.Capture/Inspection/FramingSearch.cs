using System.Buffers.Binary;
using ReAim.Alg.Oscar;

namespace ReAim.Capture.Inspection;

/// <summary>
/// Looks for the beginning of a frame where it is not known: three whole frames whose sequence numbers follow each other, or
/// one whole frame if its number is one that must come soon after the last one read.
/// </summary>
internal sealed class FramingSearch(ushort? lastSequence, long missing, Limits limits)
{
    private const int Proof = 3;
    private const int Longest = 256 << 10;
    private const int LeastLook = 10;
    private const int MaxCandidates = 64;

    private readonly List<Candidate> _candidates = [];
    private readonly List<(int End, long Time)> _pieces = [];
    private byte[] _bytes = [];
    private int _length;
    private int _looked;
    private long _missing = missing;

    /// <summary>A hole: frames cannot be followed across it.</summary>
    public void Miss(long count)
    {
        _missing += count + _length;
        Drop();
    }

    /// <summary>Gives up what is kept.</summary>
    public void Drop()
    {
        limits.Unbuffer(_length);
        (_bytes, _length, _looked) = ([], 0, 0);
        _candidates.Clear();
        _pieces.Clear();
    }

    /// <summary>Takes bytes; true if a frame was found, and then what there is from its beginning, as it came.</summary>
    public bool TryFind(ReadOnlySpan<byte> bytes, long time, out List<(byte[] Bytes, long Time)> rest)
    {
        rest = [];
        if (!limits.TryBuffer(bytes.Length))
        {
            Miss(bytes.Length);
            return false;
        }

        Append(bytes);
        _pieces.Add((_length, time));
        for (; _looked + LeastLook <= _length; _looked++)
        {
            // A frame without a body is at the end shorter than what is looked at: it begins nothing by itself.
            if (_candidates.Count < MaxCandidates && IsHeader(_looked))
            {
                _candidates.Add(new Candidate(_looked, _looked, 0));
            }
        }

        for (int i = 0; i < _candidates.Count; i++)
        {
            if (!TryFollow(_candidates[i], out Candidate candidate))
            {
                _candidates.RemoveAt(i--);
                continue;
            }

            _candidates[i] = candidate;
            if (candidate.Frames >= Proof || (candidate.Frames >= 1 && IsExpected(Sequence(candidate.Start))))
            {
                rest = PiecesFrom(candidate.Start);
                Drop();
                return true;
            }
        }

        Forget();
        return false;
    }

    /// <summary>What came from a place on, in the pieces it came in, because each has its time.</summary>
    private List<(byte[] Bytes, long Time)> PiecesFrom(int start)
    {
        var pieces = new List<(byte[], long)>();
        foreach ((int end, long time) in _pieces)
        {
            if (end > start)
            {
                pieces.Add((_bytes[start..end], time));
                start = end;
            }
        }

        return pieces;
    }

    /// <summary>Follows frames as far as they are whole; false if one does not fit.</summary>
    private bool TryFollow(Candidate candidate, out Candidate followed)
    {
        followed = candidate;
        while (followed.Next + Flap.HeaderLength <= _length)
        {
            int next = followed.Next;
            if ((next + LeastLook <= _length && !IsHeader(next))
                || _bytes[next] != Flap.Marker
                || (followed.Frames > 0 && !Follows(Sequence(next), followed.Last)))
            {
                return false;
            }

            int end = next + Flap.HeaderLength + BodyLength(next);
            if (end > _length)
            {
                return true;
            }

            followed = followed with { Next = end, Frames = followed.Frames + 1, Last = Sequence(next) };
        }

        return true;
    }

    private ushort Sequence(int at) => BinaryPrimitives.ReadUInt16BigEndian(_bytes.AsSpan(at + 2));

    private int BodyLength(int at) => BinaryPrimitives.ReadUInt16BigEndian(_bytes.AsSpan(at + 4));

    /// <summary>Sequences wrap at different numbers (PROTOCOL 1.1).</summary>
    private static bool Follows(ushort sequence, ushort last) =>
        sequence == (ushort)(last + 1) || (sequence <= 1 && last is 0x7FFF or 0x8000 or 0xFFFF);

    private bool IsExpected(ushort sequence) =>
        lastSequence is { } last && (ushort)(sequence - last) is var ahead && ahead >= 1 && ahead <= 1 + Math.Min(_missing / Flap.HeaderLength, 1_000);

    /// <summary>True if a frame may begin like this: tight enough that other bytes seldom look like it.</summary>
    private bool IsHeader(int at)
    {
        if (_bytes[at] != Flap.Marker)
        {
            return false;
        }

        int length = BodyLength(at);
        ReadOnlySpan<byte> body = _bytes.AsSpan(at + Flap.HeaderLength);
        return _bytes[at + 1] switch
        {
            Flap.Hello => length >= 4 && BinaryPrimitives.ReadUInt32BigEndian(body) == 1,
            Flap.Snac => length >= Snac.HeaderLength && BinaryPrimitives.ReadUInt16BigEndian(body) is > 0 and <= 0x0025,
            3 or Flap.SignOff => length < 2_048,
            5 => length == 0,
            _ => false,
        };
    }

    private void Append(ReadOnlySpan<byte> bytes)
    {
        if (_length + bytes.Length > _bytes.Length)
        {
            Array.Resize(ref _bytes, Math.Max(_length + bytes.Length, Math.Min(2 * _bytes.Length, Longest)));
        }

        bytes.CopyTo(_bytes.AsSpan(_length));
        _length += bytes.Length;
    }

    /// <summary>What no candidate needs is not kept, and nothing is kept for ever.</summary>
    private void Forget()
    {
        int first = _candidates.Count > 0 ? _candidates[0].Start : _looked;
        if (_length - first > Longest)
        {
            first = _looked;
        }

        if (first == 0)
        {
            return;
        }

        limits.Unbuffer(first);
        _bytes = _bytes[first.._length];
        (_length, _looked) = (_length - first, _looked - first);
        _missing += lastSequence is null ? 0 : first;
        _pieces.RemoveAll(piece => piece.End <= first);
        for (int i = 0; i < _pieces.Count; i++)
        {
            _pieces[i] = (_pieces[i].End - first, _pieces[i].Time);
        }

        for (int i = _candidates.Count - 1; i >= 0; i--)
        {
            Candidate candidate = _candidates[i];
            if (candidate.Start < first)
            {
                _candidates.RemoveAt(i);
            }
            else
            {
                _candidates[i] = candidate with { Start = candidate.Start - first, Next = candidate.Next - first };
            }
        }
    }

    private readonly record struct Candidate(int Start, int Next, int Frames)
    {
        public ushort Last { get; init; }
    }
}
