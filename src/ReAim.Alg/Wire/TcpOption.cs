using System.Buffers.Binary;

namespace ReAim.Alg.Wire;

/// <summary>The TCP options that a change of length concerns.</summary>
internal static class TcpOption
{
    /// <summary>The largest segment that the sender of a SYN takes (RFC 9293 3.7.1): two bytes.</summary>
    public const byte MaximumSegmentSize = 2;

    /// <summary>Stretches received beyond the acknowledgement (RFC 2018 3): up to four times two numbers.</summary>
    public const byte SelectiveAcknowledgement = 5;

    private const byte End = 0;
    private const byte NoOperation = 1;

    /// <summary>Finds an option in a list that is well-formed.</summary>
    /// <param name="options">The list.</param>
    /// <param name="kind">The option's kind.</param>
    /// <returns>Where its value is in the list; empty if it is not there.</returns>
    public static Range Find(ReadOnlySpan<byte> options, byte kind)
    {
        int at = 0;
        while (at < options.Length && options[at] != End)
        {
            if (options[at] == NoOperation)
            {
                at++;
                continue;
            }

            int length = options[at + 1];
            if (options[at] == kind)
            {
                return (at + 2)..(at + length);
            }

            at += length;
        }

        return default;
    }

    /// <summary>The largest segment that a SYN's sender takes; null if it does not say.</summary>
    public static ushort? ReadMaximumSegmentSize(ReadOnlySpan<byte> options, out int offset)
    {
        Range range = Find(options, MaximumSegmentSize);
        offset = range.Start.Value;
        return range.End.Value - offset == 2 ? BinaryPrimitives.ReadUInt16BigEndian(options[range]) : null;
    }
}
