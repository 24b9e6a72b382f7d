using ReAim.Alg.Streams;
using ReAim.Alg.Text;

namespace ReAim.Alg.Msn;

/// <summary>
/// Looks for the commands of a direction that is met in mid-stream. They are proven by three whole ones, with their payloads, of which
/// the first begins where a segment does, and behind which a segment ends or a further command begins; a client's have numbers that
/// rise, and belong to one kind of server.
/// </summary>
/// <param name="direction">Who speaks.</param>
/// <param name="transaction">The number of the client's last command that was read; 0 if none was.</param>
internal sealed class MsnCommandProof(Direction direction, uint transaction)
{
    private const int Proof = 3;

    private readonly uint _before = transaction;
    private int _commands;
    private bool _isBegun;

    /// <summary>True if what was proven is a client's talk with a notification server.</summary>
    public bool IsNotification { get; private set; }

    /// <summary>The number of the client's last command.</summary>
    public uint Transaction { get; private set; }

    /// <summary>What clients say to switchboards in the middle of a talk.</summary>
    private static ReadOnlySpan<byte> ToSwitchboards => "MSG CAL OUT"u8;

    /// <summary>What they say to notification servers after they have signed on (MSNP2 to MSNP15).</summary>
    private static ReadOnlySpan<byte> ToNotificationServers =>
        "PNG CHG SYN ADC ADD REM REA SBP GTC BLP LSG LST ADG RMG REG XFR URL SDC PRP UUX UBX UUN UUM PAG IPG ADL RML FQY GCF QRY SND SNT INF BPR CVR OUT"u8;

    /// <summary>What servers say.</summary>
    private static ReadOnlySpan<byte> FromServers =>
        """
        MSG ACK NAK JOI BYE CAL IRO ANS USR OUT
        NLN FLN ILN CHG SYN ADC ADD REM REA SBP GTC BLP LSG LST ADG RMG REG XFR RNG URL PRP UBX UUX UBN UBM UUN CHL QRY QNG NOT GCF ADL RML
        FQY SBS BPR PHH PHM PHW CVR IPG LKP INF SND
        """u8;

    /// <summary>True if a segment may begin with a command.</summary>
    /// <param name="segment">One byte at least.</param>
    /// <param name="direction">Who speaks.</param>
    public static bool MayBeginWith(ReadOnlySpan<byte> segment, Direction direction) =>
        segment.IndexOf((byte)'\n') is >= 0 and int end && Speaks(segment[..(end + 1)], direction);

    /// <summary>Takes the next segment, in order of arrival.</summary>
    /// <param name="context">The flow and its direction.</param>
    /// <param name="reader">Follows the commands; once they are found it stands at the byte that is to be read next.</param>
    /// <param name="segment">At least one byte.</param>
    /// <param name="start">The stream offset of the first.</param>
    /// <param name="mayEnd">False if the search must go on even if all is known.</param>
    public Framing Take(SessionContext context, ref CommandReader reader, ReadOnlySpan<byte> segment, long start, bool mayEnd)
    {
        if (!_isBegun || start > reader.Needed)
        {
            // Nothing is known of what comes behind a hole, but that a segment may begin with a command.
            reader.End(context);
            reader = new CommandReader(direction, start);
            (_commands, _isBegun, Transaction) = (0, true, _before);
        }
        else if (start + segment.Length <= reader.Needed)
        {
            return Framing.Sought;
        }

        ReadOnlySpan<byte> bytes = segment[(int)(reader.Needed - start)..];
        while (true)
        {
            bool isWhole = reader.Collected.IsEmpty || reader.IsWhole;
            if (_commands >= Proof && mayEnd && isWhole && (bytes.IsEmpty || MayBeginWith(bytes, direction)))
            {
                return Framing.Found;
            }

            if (!reader.TryRead(context, ref bytes, out ReadOnlySpan<byte> command, out int lineLength))
            {
                return reader.IsLost ? Framing.Misfit : Framing.Sought;
            }

            if (!Fits(command[..lineLength]))
            {
                return Framing.Misfit;
            }

            _commands++;
        }
    }

    /// <summary>Begins anew with the next segment.</summary>
    public void Reset() => (_isBegun, _commands) = (false, 0);

    private static bool Speaks(ReadOnlySpan<byte> line, Direction direction)
    {
        ReadOnlySpan<byte> name = Words.Get(line, 0);
        bool isOutbound = direction == Direction.Outbound;
        return MsnCommand.IsCommand(line)
            && (isOutbound ? Has(ToSwitchboards, name) || Has(ToNotificationServers, name) : Has(FromServers, name) || name[0] is <= (byte)'9');
    }

    private static bool Has(ReadOnlySpan<byte> names, ReadOnlySpan<byte> name) => name.Length == MsnCommand.NameLength && names.IndexOf(name) >= 0;

    private bool Fits(ReadOnlySpan<byte> line)
    {
        if (!Speaks(line, direction) || direction == Direction.Inbound)
        {
            return direction == Direction.Inbound && Speaks(line, direction);
        }

        bool isNotification = !Has(ToSwitchboards, Words.Get(line, 0));
        bool isOther = _commands > 0 && isNotification != IsNotification;
        IsNotification = isNotification;
        bool isNumbered = TextNumber.TryRead(Words.Get(line, 1), out uint number);
        bool rises = isNumbered ? number > Transaction : MsnCommand.Is(line, "PNG"u8);
        Transaction = isNumbered ? number : Transaction;
        return rises && !isOther;
    }
}
