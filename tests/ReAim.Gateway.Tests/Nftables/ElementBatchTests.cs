using ReAim.Alg.Wire;
using ReAim.Capture.Translators.Nftables;

namespace ReAim.Gateway.Tests.Nftables;

/// <summary>Transactions byte by byte; the expected bytes are those of a little-endian machine.</summary>
internal sealed class ElementBatchTests
{
    private const string Begin = "14000000" + "1000" + "0100" + "05000000" + "00000000" + "0000000A";

    private const string Table = "0A000100" + "726561696D000000";

    [Test]
    public void A_mapping_is_added_taken_away_and_added_with_its_lease()
    {
        var batch = new ElementBatch();
        batch.Begin(sequence: 5);
        batch.Put(
            "mappings",
            new Ipv4Endpoint(new Ipv4Address(0xCB007101), 0x1770),
            new Ipv4Endpoint(new Ipv4Address(0xC0A8070A), 0x1446),
            TimeSpan.FromSeconds(30));
        const string set = "0D000200" + "6D617070696E6773" + "00000000";
        const string key = "10000180" + "0C000100" + "CB00710117700000";
        const string data = "10000280" + "0C000100" + "C0A8070A14460000";
        const string lease = "0C000400" + "0000000000007530";
        Assert.That(Convert.ToHexString(batch.End()), Is.EqualTo(
            Begin
            + "58000000" + "0C0A" + "0104" + "06000000" + "00000000" + "02000000" + Table + set
            + "28000380" + "24000180" + key + data
            + "48000000" + "0E0A" + "0104" + "07000000" + "00000000" + "02000000" + Table + set
            + "18000380" + "14000180" + key
            + "64000000" + "0C0A" + "0504" + "08000000" + "00000000" + "02000000" + Table + set
            + "34000380" + "30000180" + key + data + lease
            + "14000000" + "1100" + "0100" + "09000000" + "00000000" + "0000000A"));
    }

    [Test]
    public void Two_sets_are_flushed_in_one_transaction()
    {
        var batch = new ElementBatch();
        batch.Begin(sequence: 5);
        batch.Flush("a");
        batch.Flush("b");
        Assert.That(Convert.ToHexString(batch.End()), Is.EqualTo(
            Begin
            + "28000000" + "0E0A" + "0104" + "06000000" + "00000000" + "02000000" + Table + "06000200" + "61000000"
            + "28000000" + "0E0A" + "0504" + "07000000" + "00000000" + "02000000" + Table + "06000200" + "62000000"
            + "14000000" + "1100" + "0100" + "08000000" + "00000000" + "0000000A"));
    }

    [Test]
    public void As_many_elements_as_promised_fit_with_the_longest_names()
    {
        var batch = new ElementBatch();
        batch.Begin(sequence: 1);
        for (int i = 0; i < ElementBatch.MaxElements; i++)
        {
            batch.Put("public_ends", default, default(Ipv4Endpoint), TimeSpan.FromSeconds(30));
        }

        Assert.That(batch.End().Length, Is.GreaterThan(10_000));
    }
}
