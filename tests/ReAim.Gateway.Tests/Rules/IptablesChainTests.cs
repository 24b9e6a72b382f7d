using ReAim.Capture.Gateway;
using ReAim.Capture.Gateway.Rules;

namespace ReAim.Gateway.Tests.Rules;

internal sealed class IptablesChainTests
{
    private const string TwoJumps =
        """
        *filter
        :FORWARD DROP [0:0]
        -A FORWARD -j REAIM
        COMMIT
        *mangle
        :FORWARD ACCEPT [3:180]
        :REAIM - [0:0]
        -A FORWARD -p tcp -m comment --comment reaim -j REAIM
        -A FORWARD -p tcp -m comment --comment reaim -j REAIM
        -A FORWARD -p tcp -m tcp --tcp-flags SYN,RST SYN -j TCPMSS --clamp-mss-to-pmtu
        -A REAIM -m mark --mark 0x8000000/0x8000000 -j RETURN
        COMMIT
        """;

    [Test]
    public void The_chain_is_this_text_and_the_jump_comes_last() => Assert.That(
        IptablesChain.Installation(MarkLayout.Default, 5190, IptablesMangle.Parse("")), Is.EqualTo(
            """
            *mangle
            :REAIM - [0:0]
            -A REAIM -m connmark ! --mark 0x4000000/0x4000000 -j RETURN
            -A REAIM -m mark --mark 0xa000000/0xf000000 -j RETURN
            -A REAIM -m mark --mark 0x8000000/0xf000000 -j RETURN
            -A REAIM -m mark --mark 0x8000000/0x8000000 -j CONNMARK --save-mark --nfmask 0x7000000 --ctmask 0x7000000
            -A REAIM -m mark --mark 0x8000000/0x8000000 -j RETURN
            -A REAIM -m conntrack ! --ctstate NEW,ESTABLISHED -j RETURN
            -A REAIM -j CONNMARK --restore-mark --nfmask 0x7000000 --ctmask 0x7000000
            -A REAIM -m mark --mark 0x7000000/0x7000000 -j NFQUEUE --queue-num 5191
            -A REAIM -m mark --mark 0x6000000/0x7000000 -j NFQUEUE --queue-num 5191
            -A REAIM -j NFQUEUE --queue-num 5190 --queue-bypass
            -A FORWARD -p tcp -m comment --comment reaim -j REAIM
            COMMIT

            """));

    [Test]
    public void Every_earlier_jump_of_the_table_is_removed_in_the_same_transaction()
    {
        const string Deleted = "-D FORWARD -p tcp -m comment --comment reaim -j REAIM\n";
        string text = IptablesChain.Installation(MarkLayout.Default, 5190, IptablesMangle.Parse(TwoJumps));
        Assert.That(text, Does.EndWith($"{Deleted}{Deleted}-A FORWARD -p tcp -m comment --comment reaim -j REAIM\nCOMMIT\n"));
    }

    [Test]
    public void A_removal_takes_jumps_then_rules_then_the_chain() =>
        Assert.That(IptablesChain.Removal(IptablesMangle.Parse(TwoJumps)), Is.EqualTo(
            """
            *mangle
            -D FORWARD -p tcp -m comment --comment reaim -j REAIM
            -D FORWARD -p tcp -m comment --comment reaim -j REAIM
            -F REAIM
            -X REAIM
            COMMIT

            """));

    [Test]
    public void What_stands_behind_the_jump_is_noticed()
    {
        IptablesMangle now = IptablesMangle.Parse(TwoJumps);
        Assert.Multiple(() =>
        {
            Assert.That(now.HasTable && now.HasChain, Is.True);
            Assert.That(now.Jumps, Has.Count.EqualTo(2), "the jump in the table filter leads to another chain of that name");
            Assert.That(now.JumpIsLast, Is.False);
        });
    }

    [Test]
    public void One_jump_at_the_end_is_as_it_should_be()
    {
        IptablesMangle now = IptablesMangle.Parse("*mangle\n:REAIM - [0:0]\n-A FORWARD -j TTL\n-A FORWARD -p tcp -m comment --comment reaim -j REAIM\nCOMMIT\n");
        Assert.That(now.JumpIsLast, Is.True);
    }
}
