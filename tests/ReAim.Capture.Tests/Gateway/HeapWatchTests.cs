using ReAim.Capture.Gateway;

namespace ReAim.Capture.Tests.Gateway;

[NonParallelizable]
internal sealed class HeapWatchTests
{
    [TestCase(false)]
    [TestCase(true)]
    public void What_was_allocated_is_collected_every_few_megabytes_and_not_more_often(bool allocates)
    {
        var watch = new HeapWatch();
        watch.Look();
        int before = GC.CollectionCount(1);
        for (int i = 0; i < 40; i++)
        {
            for (int kilobyte = 0; allocates && kilobyte < 1_024; kilobyte++)
            {
                GC.KeepAlive(new byte[1_000]);
            }

            watch.Look();
        }

        Assert.That(GC.CollectionCount(1) - before, allocates ? Is.InRange(5, 12) : Is.LessThanOrEqualTo(1));
    }
}
