using System.Buffers.Binary;
using System.Net;

namespace ReAim.Gateway.Tests.World;

/// <summary>A segment in a capture, as tshark reads it.</summary>
internal sealed record SeenSegment
{
    private const ushort Tcp = 6;

    /// <summary>tshark's fields, in the order of <see cref="Parse"/>.</summary>
    public static readonly string[] Fields =
    [
        "frame.number", "frame.time_epoch", "ip.src", "tcp.srcport", "ip.dst", "tcp.dstport", "tcp.seq_raw", "tcp.ack_raw", "tcp.len",
        "tcp.flags", "tcp.hdr_len", "tcp.checksum", "tcp.checksum.status", "ip.checksum.status", "tcp.options.mss_val", "tcp.checksum_calculated",
        .. Anomalies,
    ];

    /// <summary>What tshark calls that which should not happen where nothing is lost.</summary>
    private static string[] Anomalies =>
    [
        "tcp.analysis.retransmission", "tcp.analysis.fast_retransmission", "tcp.analysis.spurious_retransmission",
        "tcp.analysis.out_of_order", "tcp.analysis.lost_segment", "tcp.analysis.ack_lost_segment",
    ];

    public required int Frame { get; init; }

    /// <summary>Seconds since 1970.</summary>
    public required double Time { get; init; }

    public required IPEndPoint Source { get; init; }

    public required IPEndPoint Destination { get; init; }

    public required uint Sequence { get; init; }

    public required uint Acknowledgement { get; init; }

    public required int Length { get; init; }

    public required int Flags { get; init; }

    public int? Mss { get; init; }

    public required bool IsIpChecksumGood { get; init; }

    public required bool IsChecksumGood { get; init; }

    /// <summary>The checksum covers the pseudo header only: the interface was meant to do the rest.</summary>
    public required bool IsChecksumPartial { get; init; }

    /// <summary>The names of what tshark noticed.</summary>
    public required IReadOnlyList<string> Noticed { get; init; }

    /// <summary>What no translation of addresses changes.</summary>
    public string Numbers => $"seq {Sequence} ack {Acknowledgement} len {Length} flags {Flags:X2}";

    public bool IsSyn => (Flags & 0x12) == 0x02;

    public bool IsReset => (Flags & 0x04) != 0;

    /// <summary>A connect of that address.</summary>
    public bool IsSynFrom(string address) => IsSyn && Source.Address.ToString() == address;

    public bool Involves(string address) => Source.Address.ToString() == address || Destination.Address.ToString() == address;

    /// <summary>The same bytes of the same connection, seen on the other side of a translation of one of its ends.</summary>
    public bool IsCopyOf(SeenSegment other) =>
        Sequence == other.Sequence && Length == other.Length && (Source.Equals(other.Source) || Destination.Equals(other.Destination));

    /// <summary>True for one the same way.</summary>
    public bool IsAlong(SeenSegment other) => Source.Equals(other.Source) && Destination.Equals(other.Destination);

    /// <summary>True for one the other way.</summary>
    public bool IsAgainst(SeenSegment other) => Source.Equals(other.Destination) && Destination.Equals(other.Source);

    /// <summary>True if all bytes of another segment the same way are in this one.</summary>
    public bool Covers(SeenSegment other) =>
        Length > 0 && (int)(other.Sequence - Sequence) >= 0 && (int)(other.Sequence + (uint)other.Length - (Sequence + (uint)Length)) <= 0;

    public static SeenSegment Parse(string line)
    {
        string[] field = line.Split('\t');
        var source = new IPEndPoint(IPAddress.Parse(field[2]), int.Parse(field[3], null));
        var destination = new IPEndPoint(IPAddress.Parse(field[4]), int.Parse(field[5], null));
        int length = int.Parse(field[8], null);
        int header = int.Parse(field[10], null);
        return new SeenSegment
        {
            Frame = int.Parse(field[0], null),
            Time = double.Parse(field[1], null),
            Source = source,
            Destination = destination,
            Sequence = uint.Parse(field[6], null),
            Acknowledgement = uint.Parse(field[7], null),
            Length = length,
            Flags = Convert.ToInt32(field[9], 16),

            // Linux writes FFFF where the sum is 0000 (skb_checksum_help): the same number to whoever adds it up, but not to tshark.
            IsChecksumGood = field[12] == "1" || (field[11], field[15]) == ("0xffff", "0x0000"),
            IsIpChecksumGood = field[13] == "1",
            Mss = field[14].Length > 0 ? int.Parse(field[14], null) : null,
            IsChecksumPartial = Convert.ToUInt16(field[11], 16) == PartialChecksum(source.Address, destination.Address, header + length),
            Noticed = [.. Anomalies.Where((_, i) => field[16 + i].Length > 0)],
        };
    }

    public override string ToString() =>
        $"frame {Frame}: {Source} > {Destination} {Numbers} {string.Join(' ', Noticed)}";

    /// <summary>The sum of the pseudo header (RFC 9293 3.1), not complemented, as a kernel leaves it to an interface.</summary>
    private static ushort PartialChecksum(IPAddress source, IPAddress destination, int length)
    {
        Span<byte> pseudo = stackalloc byte[12];
        source.TryWriteBytes(pseudo, out _);
        destination.TryWriteBytes(pseudo[4..], out _);
        BinaryPrimitives.WriteUInt16BigEndian(pseudo[8..], Tcp);
        BinaryPrimitives.WriteUInt16BigEndian(pseudo[10..], (ushort)length);
        uint sum = 0;
        for (int i = 0; i < pseudo.Length; i += 2)
        {
            sum += BinaryPrimitives.ReadUInt16BigEndian(pseudo[i..]);
        }

        sum = (sum & 0xFFFF) + (sum >> 16);
        return (ushort)((sum & 0xFFFF) + (sum >> 16));
    }
}
