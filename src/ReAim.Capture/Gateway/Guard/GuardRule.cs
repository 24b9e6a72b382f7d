using ReAim.Capture.Linux.Netlink;

namespace ReAim.Capture.Gateway.Guard;

/// <summary>
/// The guard's rule as the kernel takes it, expression by expression: a segment of a guarded connection whose packet mark does not say
/// that it had its verdict is dropped.
/// </summary>
internal static class GuardRule
{
    private const uint Verdict = 0;

    /// <summary>NFT_REG32_00: the first of the registers of four bytes.</summary>
    private const uint First = 8;

    private const uint Protocol = 16, Mark = 3;
    private const uint NetworkHeader = 1, TransportHeader = 2;
    private const byte Tcp = 6;

    private static readonly byte[] s_zero = new byte[sizeof(uint)];

    /// <summary>Writes it.</summary>
    /// <param name="writer">Where a rule's expressions go.</param>
    /// <param name="set">The set of guarded connections.</param>
    /// <param name="passed">The bit of a packet's mark that says that it had its verdict.</param>
    public static void Write(ref NetlinkWriter writer, string set, uint passed)
    {
        Meta(ref writer, Protocol, First);
        Compare(ref writer, First, [Tcp]);
        Payload(ref writer, NetworkHeader, offset: 12, length: 4, First);
        Payload(ref writer, TransportHeader, offset: 0, length: 2, First + 1);
        Payload(ref writer, NetworkHeader, offset: 16, length: 4, First + 2);
        Payload(ref writer, TransportHeader, offset: 2, length: 2, First + 3);

        int content = Begin(ref writer, "lookup", out int lookup);
        writer.Text(1, set);
        writer.BigEndian(2, First);
        End(ref writer, content, lookup);

        Meta(ref writer, Mark, First);
        content = Begin(ref writer, "bitwise", out int bitwise);
        writer.BigEndian(1, First);
        writer.BigEndian(2, First);
        writer.BigEndian(3, (uint)sizeof(uint));
        Value(ref writer, 4, BitConverter.GetBytes(passed));
        Value(ref writer, 5, s_zero);
        End(ref writer, content, bitwise);
        Compare(ref writer, First, s_zero);

        content = Begin(ref writer, "counter", out int counter);
        End(ref writer, content, counter);

        content = Begin(ref writer, "immediate", out int immediate);
        writer.BigEndian(1, Verdict);
        int data = writer.BeginNest(2);
        int verdict = writer.BeginNest(2);
        writer.BigEndian(1, 0u);
        writer.EndNest(verdict);
        writer.EndNest(data);
        End(ref writer, content, immediate);
    }

    private static void Meta(ref NetlinkWriter writer, uint key, uint register)
    {
        int content = Begin(ref writer, "meta", out int expression);
        writer.BigEndian(1, register);
        writer.BigEndian(2, key);
        End(ref writer, content, expression);
    }

    private static void Payload(ref NetlinkWriter writer, uint header, uint offset, uint length, uint register)
    {
        int content = Begin(ref writer, "payload", out int expression);
        writer.BigEndian(1, register);
        writer.BigEndian(2, header);
        writer.BigEndian(3, offset);
        writer.BigEndian(4, length);
        End(ref writer, content, expression);
    }

    private static void Compare(ref NetlinkWriter writer, uint register, ReadOnlySpan<byte> value)
    {
        int content = Begin(ref writer, "cmp", out int expression);
        writer.BigEndian(1, register);
        writer.BigEndian(2, 0u);
        Value(ref writer, 3, value);
        End(ref writer, content, expression);
    }

    private static void Value(ref NetlinkWriter writer, ushort type, ReadOnlySpan<byte> value)
    {
        int nest = writer.BeginNest(type);
        writer.Bytes(1, value);
        writer.EndNest(nest);
    }

    private static int Begin(ref NetlinkWriter writer, string name, out int expression)
    {
        expression = writer.BeginNest(1);
        writer.Text(1, name);
        return writer.BeginNest(2);
    }

    private static void End(ref NetlinkWriter writer, int content, int expression)
    {
        writer.EndNest(content);
        writer.EndNest(expression);
    }
}
