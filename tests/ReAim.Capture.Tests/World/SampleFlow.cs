namespace ReAim.Capture.Tests.World;

/// <summary>The datagrams of one recorded sign-on with ten offers, of which one is cut where it must wait.</summary>
internal static class SampleFlow
{
    private const int EthernetHeader = 14;

    /// <summary>Frames with their times in microseconds, from a classic capture of this machine's byte order.</summary>
    public static IReadOnlyList<(long Microseconds, byte[] Frame)> Frames { get; } = Read("l_many_offers-aol.lan.pcap");

    public static byte[] Datagram(byte[] frame) => frame[EthernetHeader..];

    public static bool IsIpv4(byte[] frame) => frame[12] == 8 && frame[13] == 0;

    public static IReadOnlyList<(long Microseconds, byte[] Frame)> Read(string recording) => ReadBytes(File.ReadAllBytes(Recordings.PathOf(recording)));

    public static IReadOnlyList<(long Microseconds, byte[] Frame)> ReadBytes(byte[] bytes)
    {
        var frames = new List<(long, byte[])>();
        for (int at = 24; at < bytes.Length;)
        {
            int length = BitConverter.ToInt32(bytes, at + 8);
            frames.Add(((BitConverter.ToUInt32(bytes, at) * 1_000_000L) + BitConverter.ToUInt32(bytes, at + 4), bytes[(at + 16)..(at + 16 + length)]));
            at += 16 + length;
        }

        return frames;
    }
}
