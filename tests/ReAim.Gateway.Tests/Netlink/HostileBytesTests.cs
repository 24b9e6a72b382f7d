using ReAim.Capture.Diverters.Nfqueue;
using ReAim.Capture.Linux.Netlink;

namespace ReAim.Gateway.Tests.Netlink;

/// <summary>Whatever bytes come instead of a message: nothing throws, nothing loops.</summary>
internal sealed class HostileBytesTests
{
    private static readonly byte[] s_packet = Convert.FromHexString(
        "4C000000" + "0003" + "0000" + "00000000" + "00000000" + "02001446"
        + "0B00" + "0100" + "000000FF" + "0800" + "02" + "00" + "0800" + "0300" + "0C002300"
        + "0800" + "0500" + "00000003" + "0800" + "0600" + "00000004" + "0800" + "0E00" + "00000003"
        + "0C00" + "0A00" + "4500000800000000");

    private static readonly byte[] s_error = Convert.FromHexString(
        "38000000" + "0200" + "0003" + "01000000" + "00000000" + "FEFFFFFF"
        + "A0000000" + "0C0A" + "0500" + "01000000" + "00000000" + "0900" + "0100" + "6E6F706500" + "000000"
        + "0800" + "0200" + "14000000");

    private static readonly ushort[] s_types = [0x0300, 2, 3, 16, 20];

    [Test]
    public void Random_bytes_never_throw()
    {
        var random = new Random(5190);
        for (int round = 0; round < 200_000; round++)
        {
            byte[] bytes = new byte[random.Next(200)];
            random.NextBytes(bytes);
            if (bytes.Length > 20 && random.Next(2) == 0)
            {
                // A header that fits, so that something comes to the attributes.
                BitConverter.TryWriteBytes(bytes, bytes.Length);
                BitConverter.TryWriteBytes(bytes.AsSpan(4), s_types[random.Next(s_types.Length)]);
            }

            ReadAll(bytes);
        }
    }

    [Test]
    public void Messages_that_are_cut_or_changed_anywhere_never_throw()
    {
        foreach (byte[] message in new[] { s_packet, s_error })
        {
            for (int at = 0; at <= message.Length; at++)
            {
                byte[] cut = message[..at];
                ReadAll(cut);
                if (at >= 4)
                {
                    BitConverter.TryWriteBytes(cut, at);
                    ReadAll(cut);
                }

                for (int value = 0; at < message.Length && value < 256; value++)
                {
                    byte[] changed = [.. message];
                    changed[at] = (byte)value;
                    ReadAll(changed);
                }
            }
        }
    }

    private static void ReadAll(Span<byte> bytes)
    {
        int messages = 0;
        while (NetlinkMessage.TryRead(ref bytes, out NetlinkMessage message))
        {
            Assert.That(++messages, Is.LessThan(100));
            _ = (message.Error, message.ErrorWords(), message.IsDone, message.IsDumpInterrupted);
            if (QueuedPacket.TryRead(message, out QueuedPacket packet))
            {
                packet.Datagram.Fill(0xFF);
            }

            ReadList(message.AttributesAfter(Netfilter.HeaderLength), depth: 0);
        }
    }

    private static void ReadList(Span<byte> list, int depth)
    {
        while (depth < 4 && NetlinkAttribute.TryRead(ref list, out NetlinkAttribute attribute))
        {
            _ = attribute.TryGetBigEndian(out uint _);
            _ = attribute.TryGetBigEndian(out ushort _);
            _ = attribute.TryGet(out _);
            _ = attribute.Text.Length;
            ReadList(attribute.Value, depth + 1);
        }
    }
}
