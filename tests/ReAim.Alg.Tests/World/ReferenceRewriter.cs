using System.Buffers.Binary;
using ReAim.Alg.Wire;

namespace ReAim.Alg.Tests.World;

/// <summary>
/// What the gateway must make of a client's whole stream: PROTOCOL 7.1, rows O1-O11 and O13, written down slowly, with
/// all bytes at hand and no packet in sight. One client, one recognised flow, no time limit, every mapping installed. Shares
/// no code with the engine.
/// </summary>
internal sealed class ReferenceRewriter(Ipv4Address source, EngineOptions options)
{
    private const string Listener = "listener";

    private readonly Dictionary<string, (int Port, int Public)> _offers = [];
    private int _nextPooled = options.FirstPoolPort;

    /// <summary>How many offers were rewritten or at least mapped.</summary>
    public int Helped { get; private set; }

    public byte[] Rewrite(byte[] stream)
    {
        byte[] result = [.. stream];
        for (int at = 0; at + 6 <= stream.Length && stream[at] == 0x2A;)
        {
            int length = Word(stream, at + 4);
            if (at + 6 + length > stream.Length)
            {
                break;
            }

            if (stream[at + 1] == 2)
            {
                RewriteSnac(result.AsSpan(at + 6, length));
            }

            at += 6 + length;
        }

        return result;
    }

    private void RewriteSnac(Span<byte> snac)
    {
        if (snac.Length < 10)
        {
            return;
        }

        int data = 10 + ((snac[4] & 0x80) != 0 && snac.Length >= 12 ? 2 + Word(snac, 10) : 0);
        if (BinaryPrimitives.ReadUInt32BigEndian(snac) == 0x0001_001E && snac.Length >= data)
        {
            TakeStatus(snac[data..]);
            return;
        }

        if (snac.Length < data + 11 || snac.Length < data + 11 + snac[data + 10] || Word(snac, data + 8) != 2)
        {
            return;
        }

        uint kind = BinaryPrimitives.ReadUInt32BigEndian(snac);
        string cookie = Convert.ToHexString(snac.Slice(data, 8));
        Span<byte> rest = snac[(data + 11 + snac[data + 10])..];
        if (kind == 0x0004_000B && rest.Length >= 6 && Word(rest, 0) == 3 && Word(rest, 2) == 2 && Word(rest, 4) is 1 or 4 or 6)
        {
            Withdraw(cookie);
        }
        else if (kind == 0x0004_000B && rest.Length >= 4 && Word(rest, 0) == 3 && _offers.TryGetValue(Listener, out (int Port, int Public) listener))
        {
            RewriteAcceptance(rest[2..], listener.Port, listener.Public);
        }
        else if (kind == 0x0004_0006 && TlvsOf(rest) is { } outer && outer.Where(tlv => tlv.Type == 5).ToList() is [var block] && block.Length >= 26)
        {
            TakeBlock(rest.Slice(block.Offset, block.Length), cookie);
        }
    }

    private void TakeBlock(Span<byte> block, string cookie)
    {
        int type = Word(block, 0);
        if (type == 1)
        {
            Withdraw(cookie);
        }

        int capability = Word(block, 12);
        bool helped = capability is 0x1343 or 0x1344 or 0x1345 or 0x1348 or 0x1349 && block.Slice(10, 16).SequenceEqual(Messages.Uuid((ushort)capability));
        Span<byte> list = block[26..];
        if (type != 0 || !helped || TlvsOf(list) is not { } tlvs || tlvs.Any(IsMisshapen))
        {
            return;
        }

        if (capability == 0x1344)
        {
            int found = tlvs.FindIndex(tlv => tlv.Type == 0x2711 && tlv.Length == 27);
            if (found >= 0)
            {
                TakeReverseConnect(list.Slice(tlvs[found].Offset, 27), cookie);
            }

            return;
        }

        if (tlvs.Any(tlv => tlv.Type == 0x10))
        {
            return;
        }

        var values = new Dictionary<int, byte[]>();
        for (int i = 0; i < tlvs.Count; i++)
        {
            values[i] = list.Slice(tlvs[i].Offset, tlvs[i].Length).ToArray();
        }

        List<Ipv4Address> addresses = [.. Of(2).Concat(Of(3)).Select(value => Ipv4Address.Read(value))];
        List<int> ports = [.. Of(5).Select(value => Word(value, 0)).Distinct()];
        if (addresses.Count == 0 || ports.Count != 1)
        {
            return;
        }

        bool isRelay = capability == 0x1349;
        if (ports[0] == 0 || addresses.All(address => address.IsZero))
        {
            if (!isRelay)
            {
                Withdraw(cookie);
            }

            return;
        }

        string key = isRelay ? KeyOf(ports[0], cookie) : cookie;
        bool anyPort = addresses.Any(IsSelf) && (!isRelay || options.RemapsIcqListeners);
        if (ports[0] < 1024 || !addresses.All(a => a.IsZero || IsSelf(a) || a == options.PublicAddress) || Map(key, ports[0], anyPort) is not { } mapped)
        {
            return;
        }

        Helped++;
        for (int i = 0; i < tlvs.Count; i++)
        {
            Replacement(tlvs[i].Type, values[i], addresses2: [.. Of(2)], ports[0], mapped).CopyTo(list[tlvs[i].Offset..]);
            if (isRelay && tlvs[i].Type == 0x2711)
            {
                RewriteAcceptance(list.Slice(tlvs[i].Offset, tlvs[i].Length), ports[0], mapped);
            }
        }

        IEnumerable<byte[]> Of(int wanted) => tlvs.Select((tlv, i) => (tlv.Type, Value: values[i])).Where(tlv => tlv.Type == wanted).Select(tlv => tlv.Value);
    }

    /// <summary>O10.</summary>
    private void TakeStatus(Span<byte> list)
    {
        if (TlvsOf(list) is not { } tlvs || tlvs.Where(tlv => tlv.Type == 0x0C && tlv.Length >= 35).ToList() is not [var found])
        {
            return;
        }

        Span<byte> info = list.Slice(found.Offset, found.Length);
        var address = Ipv4Address.Read(info);
        uint port = BinaryPrimitives.ReadUInt32BigEndian(info[4..]);
        if (info[8] is 0 or 6 || port == 0 || address.IsZero)
        {
            Withdraw(Listener);
        }
        else if (MapListener(Listener, address, port) is { } mapped)
        {
            WriteAddress(info, address);
            BinaryPrimitives.WriteUInt32BigEndian(info[4..], (uint)mapped);
        }
    }

    /// <summary>O9.</summary>
    private void TakeReverseConnect(Span<byte> data, string cookie)
    {
        var address = Ipv4Address.Read(data[4..]);
        uint port = BinaryPrimitives.ReadUInt32LittleEndian(data[8..]);
        if (port == 0 || MapListener(KeyOf((int)port, cookie), address, port) is not { } mapped)
        {
            return;
        }

        WriteAddress(data[4..], address);
        BinaryPrimitives.WriteUInt32LittleEndian(data[8..], (uint)mapped);
        Span<byte> second = data.Slice(17, 4);
        if (BinaryPrimitives.ReadUInt32LittleEndian(second) == port)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(second, (uint)mapped);
        }
        else if (BinaryPrimitives.ReadUInt32BigEndian(second) == port)
        {
            BinaryPrimitives.WriteUInt32BigEndian(second, (uint)mapped);
        }
    }

    /// <summary>The listener's, or the message's own beside it.</summary>
    private string KeyOf(int port, string cookie) =>
        !_offers.TryGetValue(Listener, out (int Port, int Public) listener) || listener.Port == port ? Listener : cookie;

    private int? MapListener(string key, Ipv4Address address, uint port)
    {
        if (port is < 1024 or > 65_535 || !(IsSelf(address) || address == options.PublicAddress))
        {
            return null;
        }

        int? mapped = Map(key, (int)port, IsSelf(address) && options.RemapsIcqListeners);
        Helped += mapped is null ? 0 : 1;
        return mapped;
    }

    private void WriteAddress(Span<byte> at, Ipv4Address address)
    {
        if (IsSelf(address))
        {
            options.PublicAddress.Write(at);
        }
    }

    /// <summary>The two ports of an accepted file, where both are there (PROTOCOL 4.3).</summary>
    private static void RewriteAcceptance(Span<byte> data, int port, int mapped)
    {
        using var reader = new BinaryReader(new MemoryStream(data.ToArray()));
        try
        {
            if (reader.ReadUInt16() != 27 || Block(27) != 27 || reader.ReadUInt16() != 14 || Block(14) != 14)
            {
                return;
            }

            byte kind = reader.ReadByte();
            Block(5);
            Block(reader.ReadUInt16());
            if (kind == 0x1A)
            {
                Block(reader.ReadUInt16());
                reader.ReadUInt32();
                Block(reader.ReadUInt32());
            }

            int first = (int)reader.BaseStream.Position;
            int high = reader.ReadByte();
            int named = (high << 8) | reader.ReadByte();
            Block(2);
            Block(reader.ReadUInt16());
            reader.ReadUInt32();
            int second = (int)reader.BaseStream.Position;
            if (reader.ReadUInt32() != port)
            {
                second += 4;
                if (reader.ReadUInt32() != port)
                {
                    return;
                }
            }

            if (kind is 3 or 0x1A && named == port)
            {
                BinaryPrimitives.WriteUInt16BigEndian(data[first..], (ushort)mapped);
                BinaryPrimitives.WriteUInt32LittleEndian(data[second..], (uint)mapped);
            }
        }
        catch (EndOfStreamException)
        {
            // Shorter than it says.
        }

        long Block(long length)
        {
            if (reader.BaseStream.Length - reader.BaseStream.Position < length)
            {
                throw new EndOfStreamException();
            }

            reader.BaseStream.Position += length;
            return length;
        }
    }

    private byte[] Replacement(int type, byte[] value, List<byte[]> addresses2, int port, int mapped)
    {
        bool isCheckOfOwn = value.Length == 4 && addresses2.Any(a => IsSelf(Ipv4Address.Read(a)) && a.Zip(value).All(pair => (pair.First ^ pair.Second) == 0xFF));
        return type switch
        {
            2 or 3 when IsSelf(Ipv4Address.Read(value)) => Messages.U32(options.PublicAddress.Value),
            0x16 when isCheckOfOwn => Messages.U32(~options.PublicAddress.Value),
            5 => Messages.U16((ushort)mapped),
            0x15 or 0x17 when value.Length == 2 && Word(value, 0) == (~port & 0xFFFF) => Messages.U16((ushort)~mapped),
            _ => value,
        };
    }

    private int? Map(string cookie, int port, bool anyPort)
    {
        if (_offers.TryGetValue(cookie, out (int Port, int Public) old))
        {
            if (old.Port == port && (anyPort || old.Public == port))
            {
                return old.Public;
            }

            Withdraw(cookie);
        }

        // A LAN end has one public end: the one it has, whoever is told of it next.
        int? mapped = _offers.Values.Where(offer => offer.Port == port).Select(offer => (int?)offer.Public).FirstOrDefault();
        mapped = mapped is not null ? (anyPort || mapped == port ? mapped : null) : Free(port, port) ? port : null;
        if (mapped is null && anyPort)
        {
            for (int tries = 0; mapped is null && tries <= options.LastPoolPort - options.FirstPoolPort; tries++)
            {
                int candidate = _nextPooled;
                _nextPooled = candidate == options.LastPoolPort ? options.FirstPoolPort : candidate + 1;
                mapped = Free(candidate, 0) ? candidate : null;
            }
        }

        if (mapped is { } end)
        {
            _offers[cookie] = (port, end);
        }

        return mapped;
    }

    private void Withdraw(string cookie) => _offers.Remove(cookie);

    /// <summary>Free, or ours towards the same port.</summary>
    private bool Free(int end, int port) =>
        !options.ReservedPorts.Contains((ushort)end) && !_offers.Values.Any(offer => offer.Public == end && offer.Port != port);

    private bool IsSelf(Ipv4Address address) => address == source || address.Value >> 24 == 127;

    private static bool IsMisshapen((int Type, int Offset, int Length) tlv) =>
        (tlv.Type is 2 or 3 && tlv.Length != 4) || (tlv.Type is 5 or 0x0A && tlv.Length != 2);

    /// <summary>The TLVs, or null if they do not tile the list up to three stray bytes.</summary>
    private static List<(int Type, int Offset, int Length)>? TlvsOf(ReadOnlySpan<byte> list)
    {
        var tlvs = new List<(int, int, int)>();
        int at = 0;
        while (list.Length - at > 3)
        {
            int length = Word(list, at + 2);
            if (at + 4 + length > list.Length)
            {
                return null;
            }

            tlvs.Add((Word(list, at), at + 4, length));
            at += 4 + length;
        }

        return tlvs;
    }

    private static int Word(ReadOnlySpan<byte> bytes, int at) => (bytes[at] << 8) | bytes[at + 1];
}
