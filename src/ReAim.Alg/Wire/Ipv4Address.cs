using System.Buffers.Binary;

namespace ReAim.Alg.Wire;

/// <summary>An IPv4 address as a number in host order: 192.168.7.10 is 0xC0A8070A.</summary>
/// <param name="Value">The 32 bits.</param>
public readonly record struct Ipv4Address(uint Value)
{
    /// <summary>0.0.0.0.</summary>
    public bool IsZero => Value == 0;

    /// <summary>127.0.0.0/8 (RFC 1122 3.2.1.3).</summary>
    public bool IsLoopback => Value >> 24 == 127;

    /// <summary>True for an address one host can own: not 0/8, not loopback, multicast, reserved or broadcast (RFC 6890).</summary>
    public bool IsUnicast => Value >> 24 is > 0 and < 224 && !IsLoopback;

    /// <summary>Reads four bytes in network order.</summary>
    /// <param name="bytes">At least four bytes.</param>
    public static Ipv4Address Read(ReadOnlySpan<byte> bytes) => new(BinaryPrimitives.ReadUInt32BigEndian(bytes));

    /// <summary>Writes four bytes in network order.</summary>
    /// <param name="bytes">At least four bytes.</param>
    public void Write(Span<byte> bytes) => BinaryPrimitives.WriteUInt32BigEndian(bytes, Value);

    /// <summary>Reads strict dotted-quad text: four decimal numbers up to 255, without leading zeros.</summary>
    /// <param name="text">The text.</param>
    /// <param name="address">The address.</param>
    /// <returns>False if the text is anything else.</returns>
    public static bool TryParse(ReadOnlySpan<char> text, out Ipv4Address address)
    {
        address = default;
        uint value = 0;
        for (int part = 0; part < 4; part++)
        {
            int digits = 0;
            uint number = 0;
            while (digits < text.Length && text[digits] is >= '0' and <= '9' && digits < 3)
            {
                number = (number * 10) + (uint)(text[digits++] - '0');
            }

            bool last = part == 3;
            if (digits == 0 || number > 255 || (digits > 1 && text[0] == '0')
                || (last ? text.Length != digits : text.Length == digits || text[digits] != '.'))
            {
                return false;
            }

            value = (value << 8) | number;
            text = last ? default : text[(digits + 1)..];
        }

        address = new Ipv4Address(value);
        return true;
    }

    /// <summary>Dotted-quad text.</summary>
    public override string ToString() => $"{Value >> 24}.{(Value >> 16) & 255}.{(Value >> 8) & 255}.{Value & 255}";
}
