using System.Globalization;
using System.Text;
using ReAim.Alg;
using ReAim.Capture.Diverters.Nfqueue;

namespace ReAim.Capture.Gateway.Rules;

/// <summary>The text of our chain for kernels whose nftables have no queue, as <c>iptables-restore --noflush</c> reads it.</summary>
/// <remarks>
/// One jump stands last in mangle/FORWARD. With no worker the queue accepts a packet for its whole table, so that rules behind
/// ours would be skipped; and a verdict sends the packet through its table once more, so that rules before ours run twice.
/// </remarks>
internal static class IptablesChain
{
    /// <summary>Its name.</summary>
    public const string Name = "REAIM";

    /// <summary>The table it stands in.</summary>
    public const string Table = "mangle";

    /// <summary>The built-in chain that jumps to it.</summary>
    public const string Hook = "FORWARD";

    /// <summary>The jump, as <c>iptables-save</c> writes it too.</summary>
    public const string Jump = $"-p tcp -m comment --comment reaim -j {Name}";

    /// <summary>The rules, in order, as <c>iptables-save</c> writes them too.</summary>
    public static IReadOnlyList<string> Rules(MarkLayout marks, ushort queue)
    {
        string passed = Hex(marks.Passed), divert = Hex(marks.Divert), standing = Hex(marks.StandingMask);
        string open = queue.ToString(CultureInfo.InvariantCulture), closed = QueueNumbers.Closed(queue).ToString(CultureInfo.InvariantCulture);
        string translated = Hex(marks.Of(FlowStanding.Translated));
        string peer = Hex(marks.Of(FlowStanding.Peer));
        string mask = Hex(marks.Mask), lost = Hex(marks.Passed | marks.Of(FlowStanding.Lost));
        return
        [
            $"-m connmark ! --mark {divert}/{divert} -j RETURN",

            // What the verdict said of the connection is kept here already: chains of nftables may stand between this table and ours.
            // Of a connection that is lost, or that the verdict said nothing of, ours decides.
            $"-m mark --mark {lost}/{mask} -j RETURN",
            $"-m mark --mark {passed}/{mask} -j RETURN",
            $"-m mark --mark {passed}/{passed} -j CONNMARK --save-mark --nfmask {standing} --ctmask {standing}",
            $"-m mark --mark {passed}/{passed} -j RETURN",
            "-m conntrack ! --ctstate NEW,ESTABLISHED -j RETURN",
            $"-j CONNMARK --restore-mark --nfmask {standing} --ctmask {standing}",

            // With nobody there these are dropped: their numbers would be wrong, and nobody could say whether that peer may come in.
            $"-m mark --mark {translated}/{standing} -j NFQUEUE --queue-num {closed}",
            $"-m mark --mark {peer}/{standing} -j NFQUEUE --queue-num {closed}",
            $"-j NFQUEUE --queue-num {open} --queue-bypass",
        ];
    }

    /// <summary>A transaction after which the chain is there and its one jump stands last.</summary>
    /// <param name="marks">Our bits.</param>
    /// <param name="queue">The queue's number.</param>
    /// <param name="now">What the table has before.</param>
    public static string Installation(MarkLayout marks, ushort queue, IptablesMangle now) => Transaction(text =>
    {
        // Makes the chain, or empties it.
        text.Append(':').Append(Name).Append(" - [0:0]\n");
        foreach (string rule in Rules(marks, queue))
        {
            text.Append("-A ").Append(Name).Append(' ').Append(rule).Append('\n');
        }

        DeleteJumps(text, now);
        text.Append("-A ").Append(Hook).Append(' ').Append(Jump).Append('\n');
    });

    /// <summary>A transaction that removes the jumps and keeps the chain.</summary>
    /// <param name="now">What the table has before.</param>
    public static string Stop(IptablesMangle now) => Transaction(text => DeleteJumps(text, now));

    /// <summary>A transaction that removes the jumps and the chain.</summary>
    /// <param name="now">What the table has before.</param>
    public static string Removal(IptablesMangle now) => Transaction(text =>
    {
        DeleteJumps(text, now);
        text.Append("-F ").Append(Name).Append("\n-X ").Append(Name).Append('\n');
    });

    private static void DeleteJumps(StringBuilder text, IptablesMangle now)
    {
        foreach (string jump in now.Jumps)
        {
            text.Append("-D ").Append(jump).Append('\n');
        }
    }

    private static string Transaction(Action<StringBuilder> write)
    {
        var text = new StringBuilder().Append('*').Append(Table).Append('\n');
        write(text);
        return text.Append("COMMIT\n").ToString();
    }

    // As iptables-save writes it: without leading zeros.
    private static string Hex(uint value) => $"0x{value:x}";
}
