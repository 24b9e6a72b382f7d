using System.Buffers;
using ReAim.Alg.Text;
using ReAim.Alg.Wire;

namespace ReAim.Alg.Irc;

/// <summary>
/// What a DCC message may say of where its sender listens: an address and a port among its last words. Names may have blanks and
/// digits, so several readings may fit; <see cref="DccReading"/> chooses (PROTOCOL-IRC 2).
/// </summary>
/// <param name="AddressPlace">Where the address stands in the line.</param>
/// <param name="PortPlace">Where the port stands in the line.</param>
/// <param name="Address">The address; 0.0.0.0 also if it is none of IPv4.</param>
/// <param name="Port">The port, as large as it is written.</param>
/// <param name="IsIpv6">True if the address is one of IPv6.</param>
/// <param name="HasPlainName">True if the name before is one word, or quoted: nobody reads the message otherwise.</param>
internal readonly record struct DccEnd(Range AddressPlace, Range PortPlace, Ipv4Address Address, uint Port, bool IsIpv6, bool HasPlainName)
{
    /// <summary>Numbers below are no addresses of hosts (0/8, RFC 1122 3.2.1.3), but ports, sizes, and numbers in names.</summary>
    private const uint FirstAddress = 1 << 24;

    private const byte Quote = (byte)'"';

    private static readonly SearchValues<byte> s_ipv6 = SearchValues.Create("0123456789abcdefABCDEF:."u8);

    /// <summary>Reads an address and a port behind which a given number of words stands.</summary>
    /// <param name="message">The message.</param>
    /// <param name="words">Where its last words stand, the last one first.</param>
    /// <param name="behind">How many words follow the port.</param>
    /// <param name="end">What they say.</param>
    /// <returns>False if they are no address and port.</returns>
    public static bool TryRead(DccMessage message, ReadOnlySpan<Range> words, int behind, out DccEnd end)
    {
        end = default;
        if (words.Length < behind + 2)
        {
            return false;
        }

        ReadOnlySpan<byte> line = message.Line;
        (Range address, Range port) = (words[behind + 1], words[behind]);
        if (!TryReadName(line[message.Arguments.Start..address.Start], out bool isPlain)
            || !TextNumber.TryRead(line[port], out uint portNumber)
            || !TryReadAddress(line[address], out Ipv4Address number, out bool isIpv6))
        {
            return false;
        }

        end = new DccEnd(address, port, number, portNumber, isIpv6, isPlain);
        return true;
    }

    /// <summary>Tells whether something stands where a name must, and whether everybody takes it for one.</summary>
    public static bool TryReadName(ReadOnlySpan<byte> text, out bool isPlain)
    {
        ReadOnlySpan<byte> name = text.Trim((byte)' ');
        isPlain = !name.Contains((byte)' ') || name is [Quote, .., Quote];
        return !name.IsEmpty;
    }

    private static bool TryReadAddress(ReadOnlySpan<byte> text, out Ipv4Address address, out bool isIpv6)
    {
        isIpv6 = text.Contains((byte)':') && text.IndexOfAnyExcept(s_ipv6) < 0;
        if (TextNumber.TryRead(text, out uint number))
        {
            address = new Ipv4Address(number);
        }
        else if (!TextAddress.TryRead(text, out address) && !isIpv6)
        {
            return false;
        }

        return isIpv6 || address.IsZero || address.Value >= FirstAddress;
    }
}
