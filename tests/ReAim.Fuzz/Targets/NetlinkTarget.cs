using ReAim.Alg.Streams;
using ReAim.Alg.Tests.World;
using ReAim.Capture.Diverters.Nfqueue;
using ReAim.Capture.Linux.Conntrack;
using ReAim.Capture.Linux.Netlink;

namespace ReAim.Fuzz.Targets;

/// <summary>Bytes in place of the kernel's messages.</summary>
internal sealed class NetlinkTarget : FuzzTarget
{
    private static readonly FlowKey s_flow = new(new(Addresses.Alice, 40_000), new(Addresses.Server, 5190));

    public override string Name => "netlink";

    public override IEnumerable<byte[]> Seeds
    {
        get
        {
            // A queued packet, an error with words, and a connection's entry.
            yield return Convert.FromHexString(
                "4C00000000030000000000000000000002001446" + "0B000100000000FF08000200" + "080003000C002300" + "0800050000000003" + "0800060000000004" + "08000E0000000003" + "0C000A004500000800000000");
            yield return Convert.FromHexString(
                "380000000200000301000000" + "00000000FEFFFFFF" + "A00000000C0A05000100000000000000" + "090001006E6F706500000000" + "0800020014000000");
            byte[] entry = new byte[256];
            var writer = new NetlinkWriter(entry);
            writer.BeginMessage(Netfilter.Type(Netfilter.Conntrack, 0), 0, 1);
            writer.NetfilterHeader(Netfilter.Ipv4Family, resource: 0);
            new ConntrackTuple(s_flow.Lan, s_flow.Remote).Write(ref writer, ConntrackTuple.Original);
            new ConntrackTuple(s_flow.Remote, new(Addresses.Gateway, 40_000)).Write(ref writer, ConntrackTuple.Reply);
            writer.BigEndian(3, 0x18Eu);
            writer.BigEndian(8, 0x40u);
            writer.EndMessage();
            yield return writer.Written.ToArray();
        }
    }

    public override void Try(ReadOnlySpan<byte> input)
    {
        byte[] bytes = input.ToArray();
        Span<byte> rest = bytes;
        while (NetlinkMessage.TryRead(ref rest, out NetlinkMessage message))
        {
            _ = (message.Error, message.ErrorWords(), message.IsDone, message.IsDumpInterrupted);
            Span<byte> attributes = message.AttributesAfter(Netfilter.HeaderLength);
            _ = ConntrackTable.TryRead(attributes, s_flow, out _);
            Read(attributes, depth: 0);
            if (QueuedPacket.TryRead(message, out QueuedPacket packet))
            {
                packet.Datagram.Fill(0xFF);
            }
        }
    }

    private static void Read(Span<byte> list, int depth)
    {
        while (depth < 4 && NetlinkAttribute.TryRead(ref list, out NetlinkAttribute attribute))
        {
            _ = attribute.TryGetBigEndian(out uint _);
            _ = attribute.TryGetBigEndian(out ushort _);
            _ = attribute.TryGet(out _);
            _ = attribute.Text.Length;
            Read(attribute.Value, depth + 1);
        }
    }
}
