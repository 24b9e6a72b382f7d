using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using ReAim.Alg;
using ReAim.Alg.Wire;

namespace ReAim.Capture.Inspection;

/// <summary>
/// Reads one direction of a connection to the rendezvous proxy (PROTOCOL 3.5). Once the proxy is ready the peers' own stream
/// follows.
/// </summary>
/// <remarks>
///  0        2      4         6          10      12
///  +--------+------+---------+----------+-------+---------
///  | length | 044A | command | 00000000 | flags | payload
///  +--------+------+---------+----------+-------+---------
/// The length counts what follows it.
/// </remarks>
internal sealed class ProxyReader(Conversation conversation, bool fromClient) : IStreamReader
{
    private const int HeaderLength = 12;
    private const int LongestMessage = 1_024;
    private const ushort Error = 1;
    private const ushort Create = 2;
    private const ushort Created = 3;
    private const ushort Join = 4;

    private readonly List<byte> _pending = [];
    private PeerReader? _peer;
    private bool _isLost;

    /// <inheritdoc/>
    public void Take(ReadOnlySpan<byte> bytes, long time)
    {
        if (_peer is not null)
        {
            _peer.Take(bytes, time);
            return;
        }

        if (_isLost)
        {
            return;
        }

        _pending.AddRange(bytes);
        int done = 0;
        while (!_isLost && _peer is null && TryReadMessage(CollectionsMarshal.AsSpan(_pending)[done..], time, out int length))
        {
            done += length;
        }

        if (_peer is not null)
        {
            byte[] rest = [.. _pending.Skip(done)];
            _pending.Clear();
            _peer.Take(rest, time);
        }
        else if (!_isLost)
        {
            _pending.RemoveRange(0, done);
        }
    }

    /// <inheritdoc/>
    public void Miss(long count, long time)
    {
        if (_peer is not null)
        {
            _peer.Miss(count, time);
            return;
        }

        conversation.Add(new Step(time, fromClient, StepKind.Missing) { Code = (uint)Math.Min(count, uint.MaxValue), Reason = Reason.BytesMissed });
        Lose(time, Reason.FramingLost, "from here on only bytes are counted");
    }

    /// <inheritdoc/>
    public void End(long time)
    {
        _peer?.End(time);
        if (_pending.Count > 0 && !_isLost)
        {
            Lose(time, Reason.Truncated, "the stream ends inside a message");
        }
    }

    /// <summary>Reads one message; false if it is not whole, or none.</summary>
    private bool TryReadMessage(ReadOnlySpan<byte> bytes, long time, out int length)
    {
        length = 0;
        if (bytes.Length < 4)
        {
            return false;
        }

        if (PeerReader.IsMagic(bytes))
        {
            _peer = new PeerReader(conversation, fromClient);
            return false;
        }

        int whole = 2 + BinaryPrimitives.ReadUInt16BigEndian(bytes);
        if (BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]) != 0x044A || whole is < HeaderLength or > LongestMessage)
        {
            Lose(time, Reason.Malformed, "this is no message of the proxy");
            return false;
        }

        if (bytes.Length < whole)
        {
            return false;
        }

        conversation.Add(Read(bytes[..whole], time));
        length = whole;
        return true;
    }

    private Step Read(ReadOnlySpan<byte> message, long time)
    {
        ushort command = BinaryPrimitives.ReadUInt16BigEndian(message[4..]);
        ReadOnlySpan<byte> payload = message[HeaderLength..];
        var step = new Step(time, fromClient, StepKind.Proxy) { Code = command };
        switch (command)
        {
            case Error when payload.Length >= 2:
                ushort code = BinaryPrimitives.ReadUInt16BigEndian(payload);
                return step with { Detail = string.Create(CultureInfo.InvariantCulture, $"{code:X4}: {Words.OfProxyError(code)}") };
            case Create when NetworkText.TryReadName(payload, out string creator, out int next) && payload.Length >= next + 8:
                return Note(step, creator, payload[next..], pin: null);
            case Join when NetworkText.TryReadName(payload, out string joiner, out int next) && payload.Length >= next + 10:
                return Note(step, joiner, payload[(next + 2)..], BinaryPrimitives.ReadUInt16BigEndian(payload[next..]));
            case Created when payload.Length >= 6:
                ushort pin = BinaryPrimitives.ReadUInt16BigEndian(payload);
                return step with { Detail = string.Create(CultureInfo.InvariantCulture, $"PIN {pin} at {Ipv4Address.Read(payload[2..])}") };
            case Error or Create or Created or Join:
                return step with { Kind = StepKind.Malformed, Reason = Reason.Malformed, Detail = "a message of the proxy that is too short" };
            default:
                return step;
        }
    }

    private Step Note(Step step, string name, ReadOnlySpan<byte> cookie, ushort? pin)
    {
        ulong value = BinaryPrimitives.ReadUInt64BigEndian(cookie);
        conversation.PeerCookie ??= value;
        conversation.Owner ??= name;
        string with = pin is { } number ? string.Create(CultureInfo.InvariantCulture, $", PIN {number}") : "";
        return step with { Detail = string.Create(CultureInfo.InvariantCulture, $"by {name}{with}, cookie {value:x16}") };
    }

    private void Lose(long time, Reason reason, string what)
    {
        _isLost = true;
        _pending.Clear();
        conversation.Side(fromClient).Stream.KeepsBytes = false;
        conversation.Add(new Step(time, fromClient, StepKind.Malformed) { Reason = reason, Detail = what });
    }
}
