using System.Globalization;
using Hls4Net.Synthesis;

namespace Hls4Net.Tests.Synthesis;

/// <summary>Real reports of every tool and version, against figures that stand in their text.</summary>
public sealed class ReportFixtureTests
{
    // file | stage | version | part | top | latency best/average/worst | interval best/worst | clock target, estimated,
    // uncertainty | used | available (LUT FF DSP BRAM URAM). A question mark is a figure that the report does not have.
    private const string Expected = """
        vhls-2016.1_cmsl1tk_vmrouter/VMRouterDispatcher_AddStub_csynth.xml | HighLevel | 2016.1 | xc7vx690tffg1927-2 | VMRouterDispatcher_AddStub | 0/0/0 | 1/1 | 4 1.33 0.5 | 0 0 0 0 ? | 433200 866400 3600 2940 ?
        vhls-2016.4_hls4ml_myproject/myproject_csynth.rpt | HighLevel | 2016.4 | xc7vx690tffg1927-2 | myproject | 12/?/12 | 1/1 | 5 4.33 0.62 | 4047 4769 163 1 ? | 433200 866400 3600 2940 ?
        vhls-2016.4_hls4ml_myproject/myproject_csynth.xml | HighLevel | 2016.4 | xc7vx690tffg1927-2 | myproject | 12/12/12 | 1/1 | 5 4.33 0.62 | 4047 4769 163 1 ? | 433200 866400 3600 2940 ?
        vhls-2017.2_cmsl1tk_vmrouter/VMRouter_csynth.xml | HighLevel | 2017.2 | xc7vx690tffg1927-2 | VMRouter | 5/36/68 | 5/68 | 4 3.31 0.5 | 670 1498 0 0 ? | 433200 866400 3600 2940 ?
        vhls-2018.2_hls4ml_galapagos/myproject_csynth.rpt | HighLevel | 2018.2 | xcku115-flva1517-2-e | myproject | 14/?/14 | 1/1 | 5 4.168 0.62 | 21809 43219 792 18 ? | 663360 1326720 5520 4320 ?
        vhls-2018.2_hls4ml_galapagos/myproject_csynth.xml | HighLevel | 2018.2 | xcku115-flva1517-2-e | myproject | 14/14/14 | 1/1 | 5 4.168 0.62 | 21809 43219 792 18 ? | 663360 1326720 5520 4320 ?
        vhls-2018.2_phase2_bjets_bdt/csynth.xml | HighLevel | 2018.2 | xcvu9p-flgc2104-2-i | get_discriminant | 0/0/0 | 1/1 | 3.12 0 0.39 | 0 0 0 0 0 | 1182240 2364480 6840 4320 960
        vhls-2019.1_boosting_tree_loops/csynth.xml | HighLevel | 2019.1 | xc7z020-clg400-2 | predict_ensemble | 1160/7176/13448 | 1161/13449 | 10 9.578 1.25 | 1215 1087 2 32 0 | 53200 106400 220 280 0
        vhls-2019.2.1_hls4ml_pynq_axi/csynth.xml | HighLevel | 2019.2.1 | xc7z020-clg400-1 | myproject_axi | 944610/944610/944610 | 41032/922001 | 10 8.621 1.25 | 30733 38177 0 169 0 | 53200 106400 220 280 0
        vhls-2019.2.1_hls4ml_pynq_axi/myproject_csynth.rpt | HighLevel | 2019.2.1 | xc7z020-clg400-1 | myproject | 944609/?/944609 | 41032/922001 | 10 7.751 1.25 | 27344 37273 0 163 0 | 53200 106400 220 280 0
        vhls-2019.2_hls4ml_dataflow_conv1d/csynth.xml | HighLevel | 2019.2 | xcu250-figd2104-2L-e | myproject | 12/12/12 | 2/2 | 5 4.114 0.62 | 27166 5627 0 79 0 | 1728000 3456000 12288 5376 1280
        vhls-2019.2_hls4ml_dataflow_conv1d/myproject_csynth.rpt | HighLevel | 2019.2 | xcu250-figd2104-2L-e | myproject | 12/?/12 | 2/2 | 5 4.114 0.62 | 27166 5627 0 79 0 | 1728000 3456000 12288 5376 1280
        vhls-2020.1.1_finn_labelselect/LabelSelect_Batch_0_csynth.rpt | HighLevel | 2020.1.1 | xc7z020-clg400-1 | LabelSelect_Batch_0 | 12/?/12 | 12/12 | 10 3.677 1.25 | 155 35 0 0 0 | 53200 106400 220 280 0
        vhls-2020.1.1_finn_labelselect/LabelSelect_Batch_0_csynth.xml | HighLevel | 2020.1.1 | xc7z020-clg400-1 | LabelSelect_Batch_0 | 12/12/12 | 13/13 | 10 3.677 1.25 | 155 35 0 0 0 | 53200 106400 220 280 0
        vhls-2020.1_cicada_like_ad/myproject_csynth.rpt | HighLevel | 2020.1 | xczu9eg-ffvb1156-2-e | myproject | 5/?/5 | 1/1 | 5 4.218 0.62 | 59561 4561 0 1 0 | 274080 548160 2520 1824 0
        vhls-2020.1_cicada_like_ad/vivado_synth.rpt | Logic | 2020.1 | xczu9egffvb1156-2 | myproject | ?/?/? | ?/? | ? ? ? | 31277 4555 0 1 ? | 274080 548160 2520 1824 ?
        vhls-2020.1_emtf_nn/csynth.xml | HighLevel | 2020.1 | xc7vx690t-ffg1927-2 | emtfptnn | 13/13/13 | 1/1 | 7.69 8.473 0.96 | 52811 11969 796 18 0 | 433200 866400 3600 2940 0
        vhls-2020.1_emtf_nn/vivado_synth.rpt | Logic | 2020.1 | 7vx690tffg1927-2 | emtfptnn | ?/?/? | ?/? | ? ? ? | 11763 7893 755 18 ? | 433200 866400 3600 2940 ?
        vhls-2020.1_hls4ml_pruned_cnn/myproject_csynth.rpt | HighLevel | 2020.1 | xcu250-figd2104-2L-e | myproject | 1044/?/1044 | 1028/1028 | 5 4.363 0.62 | 245466 52549 5414 100 0 | 1728000 3456000 12288 5376 1280
        vhls-2020.1_hls4ml_pruned_cnn/vivado_synth.rpt | Logic | 2020.1 | xcu250figd2104-2L | myproject | ?/?/? | ?/? | ? ? ? | 123948 43435 5386 84 0 | 1728000 3456000 12288 5376 1280
        vhls-2020.1_l1jetid_deepsets/csynth.xml | HighLevel | 2020.1 | xcvu13p-flga2577-2-e | myproject | 19/19/19 | 2/2 | 5 4.375 0.62 | 518548 56865 71 4 0 | 1728000 3456000 12288 5376 1280
        vhls-2020.1_l1jetid_deepsets/vivado_synth.rpt | Logic | 2020.1 | 7z020clg400-1 | myproject | ?/?/? | ?/? | ? ? ? | 1526 2428 66 0 ? | 53200 106400 220 280 ?
        vhls-2020.2_particlecover_undef/system_top_csynth.xml | HighLevel | 2020.2 | xcvu11p-flga2577-1-e | system_top | ?/?/? | ?/? | 10 7.014 2.7 | 48768 227554 4 82 0 | 1296000 2592000 9216 4032 960
        vitis-2021.1_matrixmul/csynth.xml | HighLevel | 2021.1 | xcku035-sfva784-1-i | matrixmul | 43/43/43 | 44/44 | 13.33 5.865 3.6 | 499 61 2 0 0 | 203128 406256 1700 1080 0
        vitis-2022.1_autoencoder/csynth.xml | HighLevel | 2022.1 | xc7z020-clg400-1 | Autoencoder | 945200664/945200664/945200664 | 945200665/945200665 | 10 7.3 2.7 | 8796 2696 0 0 0 | 53200 106400 220 280 0
        vitis-2022.2_l1_jettagger_hls4ml/JetTaggerNN_csynth.xml | HighLevel | 2022.2 | xcvu9p-flga2104-2L-e | JetTaggerNN | 51/51/51 | 1/1 | 2.8 2.533 0.76 | 401499 421894 953 10 0 | 1182240 2364480 6840 4320 960
        vitis-2023.1_hls4ml_rfsoc/myproject_csynth.rpt | HighLevel | 2023.1 | xczu49dr-ffvf1760-2-e | myproject | 695/?/695 | 578/578 | 5 3.649 1.35 | 339116 65881 29 332 0 | 425280 850560 4272 2160 80
        vitis-2023.1_hls4ml_rfsoc/myproject_csynth.xml | HighLevel | 2023.1 | xczu49dr-ffvf1760-2-e | myproject | 695/695/695 | 578/578 | 5 3.649 1.35 | 339116 65881 29 332 0 | 425280 850560 4272 2160 80
        vitis-2023.1_versal_unified_export/csynth.xml | HighLevel | 2023.1 | xcvc1902-vsva2197-2MP-e-S | mac | ?/?/? | ?/? | 10 7.3 2.7 | 1801 1580 1 2 0 | 899840 1799680 1968 1934 463
        vitis-2023.1_versal_unified_export/export_impl.xml | Implementation | 2023.1 | xcvc1902-vsva2197-2MP-e-S | mac | ?/?/? | ?/? | 10 4.064 ? | 2264 2666 1 2 0 | 899840 1799680 1968 1934 463
        vitis-2023.1_versal_unified_export/export_syn.xml | Logic | 2023.1 | xcvc1902-vsva2197-2MP-e-S | mac | ?/?/? | ?/? | 10 3.663 ? | 2337 2666 1 2 0 | 899840 1799680 1968 1934 463
        vitis-2023.2_l1_cl2tagger_hls4ml/JetTagger_csynth.xml | HighLevel | 2023.2 | xcvu13p-flga2577-2-e | JetTagger | 167/167/167 | 15/15 | 2 1.659 0.54 | 871201 568773 2011 10 0 | 1728000 3456000 12288 5376 1280
        vitis-2023.2_undef_latency/csynth.xml | HighLevel | 2023.2 | xc7z020-clg400-1 | finn_feeder_chiplet | ?/?/? | ?/? | 10 9.5 0.5 | 3099 2145 3 4 0 | 53200 106400 220 280 0
        vitis-2024.1_hls4ml_openml/csynth.xml | HighLevel | 2024.1 | xcu50-fsvh2104-2-e | myproject | 4/4/4 | 1/1 | 5 3.338 1.35 | 1460 333 0 0 0 | 871680 1743360 5952 2688 640
        vitis-2024.1_hls4ml_openml/myproject_csynth.rpt | HighLevel | 2024.1 | xcu50-fsvh2104-2-e | myproject | 4/?/4 | 1/1 | 5 3.338 1.35 | 1460 333 0 0 0 | 871680 1743360 5952 2688 640
        vitis-2025.1_hls4ml_iris/csynth.xml | HighLevel | 2025.1 | xc7z020-clg400-1 | myproject | 32/32/32 | 1/1 | 5 3.624 1.35 | 4725 13240 110 3 0 | 53200 106400 220 280 0
        vitis-2025.1_hls4ml_iris/design_1_wrapper_utilization_placed.rpt | Implementation | 2025.1 | xczu7ev-ffvc1156-2-e | design_1_wrapper | ?/?/? | ?/? | ? ? ? | 10786 9594 390 6 0 | 230400 460800 1728 624 96
        vitis-2025.1_hls4ml_iris/myproject_csynth.rpt | HighLevel | 2025.1 | xc7z020-clg400-1 | myproject | 32/?/32 | 1/1 | 5 3.624 1.35 | 4725 13240 110 3 0 | 53200 106400 220 280 0
        vitis-2025.2_conv2d/conv2d_csynth.xml | HighLevel | 2025.2 | xc7z020-clg484-1 | conv2d | 912528/912528/912528 | 912529/912529 | 10 7.3 2.7 | 10228 9321 12 34 0 | 53200 106400 220 280 0
        vitis-2025.2_pipeline_stp/calculate_pseudoimage_csynth.xml | HighLevel | 2025.2 | xcku025-ffva1156-2-e | calculate_pseudoimage | ?/?/? | ?/? | 10 10.676 2.7 | 9920 5034 37 4 0 | 145440 290880 1152 720 0
        vitis-2022.1_autoencoder/csynth.rpt | HighLevel | 2022.1 | xc7z020-clg400-1 | Autoencoder | ?/?/945200664 | ?/945200665 | ? ? ? | 8796 2696 ? ? ? | ? ? ? ? ?
        vitis-2023.1_versal_unified_export/export_impl.rpt | Implementation | 2023.1 | xcvc1902-vsva2197-2MP-e-S | ? | ?/?/? | ?/? | 10 ? ? | 32 0 0 0 0 | ? ? ? ? ?
        vitis-2023.1_versal_unified_export/hls_data.json | HighLevel | 2023.1 | xcvc1902-vsva2197-2MP-e-S | mac | ?/?/? | ?/? | 10 7.3 2.7 | 1801 1580 1 2 0 | 899840 1799680 1968 1934 463
        vitis-2023.1_hls4ml_rfsoc/csynth_design_size.rpt | HighLevel | ? | ? | myproject | ?/?/? | ?/? | ? ? ? | ? ? ? ? ? | ? ? ? ? ?
        vitis-2021.1_matrixmul/matrixmul_cosim.rpt | Cosimulation pass | ? | ? | ? | 39/39/39 | ?/? | ? ? ? | ? ? ? ? ? | ? ? ? ? ?
        vitis-2022.2_l1_jettagger_hls4ml/JetTaggerNN_cosim.rpt | Cosimulation pass | ? | ? | ? | ?/?/? | ?/? | ? ? ? | ? ? ? ? ? | ? ? ? ? ?
        vitis-2022.2_vit/ViT_act_cosim.rpt | Cosimulation fail | ? | ? | ? | ?/?/? | ?/? | ? ? ? | ? ? ? ? ? | ? ? ? ? ?
        vitis-2023.1_hls4ml_rfsoc/myproject_cosim.rpt | Cosimulation fail | ? | ? | ? | ?/?/? | ?/? | ? ? ? | ? ? ? ? ? | ? ? ? ? ?
        vitis-2025.2_conv2d/conv2d_cosim.rpt | Cosimulation pass | ? | ? | ? | 1143897/1143897/1143897 | ?/? | ? ? ? | ? ? ? ? ? | ? ? ? ? ?
        catapult-10.5a_hough/cycle.rpt | HighLevel | 10.5a | ? | Hough_Algorithm_HW<1296,864> | ?/?/121337835 | ?/119704714 | 1 ? 0 | ? ? ? ? ? | ? ? ? ? ?
        catapult-10.5c_fir/cycle.rpt | HighLevel | 10.5c | ? | fir | ?/?/383 | ?/386 | 1 ? 0 | ? ? ? ? ? | ? ? ? ? ?
        catapult-10.5c_fir/rtl.rpt | HighLevel | 10.5c | ? | fir | ?/?/383 | ?/386 | 1 0.843833 0 | ? ? ? ? ? area 99497.5 | ? ? ? ? ?
        catapult-2023.1_2_c2hlsc/catapult.log | HighLevel | 2023.1_2 | ? | AddRoundKey | ?/?/34 | ?/? | 20 ? 0 | ? ? ? ? ? area 1342.65 | ? ? ? ? ?
        intel-oneapi_fpga_hw_quartus/area.json | HighLevel | ? | ? | Kernel System | ?/?/? | ?/? | ? ? ? | 188715 378925 123 ? ? m20k 654 mlab 73 | 854400 1708800 1518 ? ? m20k 2713 mlab 42720
        intel-oneapi_fpga_hw_quartus/summary.json | HighLevel | ? | ? | ? | ?/?/? | ?/? | ? ? ? | 188715 378925 123 ? ? m20k 654 mlab 73 | 854400 1708800 1518 ? ? m20k 2713 mlab 0
        intel-oneapi_fpga_hw_quartus/quartus.json | Implementation | ? | ? | ? | ?/?/? | ?/? | ? ? ? | ? ? ? ? ? | ? ? ? ? ?
        intel-opencl_aoc_lenet5/area.json | HighLevel | ? | ? | Kernel System | ?/?/? | ?/? | ? ? ? | 45277 59752 35 ? ? m20k 259 | 109572 219144 112 ? ? m20k 514
        intel-opencl_aoc_lenet5/summary.json | HighLevel | ? | ? | ? | ?/?/? | ?/? | ? ? ? | 45277 59752 35 ? ? m20k 259 | 109572 219144 112 ? ? m20k 514
        """;

    public static IEnumerable<object[]> Rows => Expected.Split('\n')
        .Select(l =>
            new object[] { l.Split('|')[0].Trim(), string.Join(" | ", l.Split('|').Skip(1).Select(c => c.Trim())) });

    [SkippableTheory]
    [MemberData(nameof(Rows))]
    public void The_figures_are_those_of_the_text(string file, string expected) =>
        Assert.Equal(expected, Line(ReportReader.ReadFile(Fixture(file))));

    [SkippableFact]
    public void Every_report_is_read()
    {
        string root = SharedData.Require("hls-reports");
        foreach (string path in Directory.EnumerateFiles(root, "*", SearchOption.AllDirectories)
            .Where(p => Path.GetExtension(p) is not ".md"))
        {
            DesignReport report = ReportReader.ReadFile(path);
            Assert.All(report.Modules, m => Assert.NotEqual("", m.Name));
            if (report.Latency is { Best: long best, Worst: long worst })
                Assert.InRange(best, 0, worst);
            if (report.Used.Lut is long used && report.Available.Lut is long available)
                Assert.InRange(used, 0, available);
        }
    }

    [SkippableTheory]
    [InlineData("vhls-2016.4_hls4ml_myproject/myproject_csynth.rpt", "compute_layer_0_0_0_1", 3, 1, 2516, 2893, 140)]
    [InlineData("vhls-2018.2_hls4ml_galapagos/myproject_csynth.rpt", "softmax", 6, 1, 7002, 1621, 0)]
    [InlineData("vhls-2019.2.1_hls4ml_pynq_axi/myproject_csynth.rpt", "conv_2d_cl_array_array_ap_fixed_32u_config4_s",
        888832, 888832, 3851, 1900, 0)]
    [InlineData("vitis-2022.1_autoencoder/csynth.rpt", "BackPropagateEncoderWeights", 49, 49, 1202, 98, null)]
    [InlineData("vitis-2022.1_autoencoder/csynth.xml", "BackPropagateEncoderWeights", 49, 49, 1202, 98, 0)]
    [InlineData("vitis-2024.1_hls4ml_openml/csynth.xml",
        "dense_latency_ap_fixed_11_6_5_3_0_ap_fixed_9_7_5_3_0_config3_s", 0, 1, 618, 0, 0)]
    [InlineData("vitis-2025.1_hls4ml_iris/csynth.xml",
        "dense_latency_ap_fixed_16_6_5_3_0_ap_fixed_16_6_5_3_0_config4_s", 5, 1, 1957, 6149, 56)]
    [InlineData("vitis-2023.2_undef_latency/csynth.xml", "finn_feeder_chiplet_Pipeline_VITIS_LOOP_34_2", null, null,
        843, 541, 0)]
    [InlineData("vitis-2023.1_versal_unified_export/export_impl.xml", "gmem_m_axi", null, null, 1731, 1748, null)]
    [InlineData("intel-oneapi_fpga_hw_quartus/summary.json", "Global Interconnect", null, null, 2313, 3521, 0)]
    [InlineData("intel-opencl_aoc_lenet5/area.json", "fc_layer", null, null, 20591, 23662, 10)]
    [InlineData("catapult-10.5a_hough/cycle.rpt", "/Hough_Algorithm_HW<1296,864>/houghTransform/core", 1633123, 1633125,
        null, null, null)]
    public void A_module_has_its_figures(string file, string module, int? latency, int? interval, int? lut, int? ff,
        int? dsp)
    {
        ModuleFigures m = ReportReader.ReadFile(Fixture(file)).Modules.First(m => m.Name == module);
        Assert.Equal((latency, interval, lut, ff, dsp),
            ((int?)m.Latency.Worst, (int?)m.Interval.Worst, (int?)m.Used.Lut, (int?)m.Used.Ff, (int?)m.Used.Dsp));
    }

    [SkippableFact]
    public void Sizes_of_functions_are_read()
    {
        DesignReport report = ReportReader.ReadFile(Fixture("vitis-2023.1_hls4ml_rfsoc/csynth_design_size.rpt"));
        Assert.Equal(("myproject", 154853L), (report.Modules[0].Name, report.Modules[0].Instructions));
    }

    // The tool writes both files of a run; those of these folders belong together.
    [SkippableTheory]
    [InlineData("vhls-2016.4_hls4ml_myproject", "myproject_csynth")]
    [InlineData("vhls-2018.2_hls4ml_galapagos", "myproject_csynth")]
    [InlineData("vitis-2023.1_hls4ml_rfsoc", "myproject_csynth")]
    [InlineData("vitis-2024.1_hls4ml_openml", "myproject_csynth", "csynth")]
    [InlineData("vitis-2025.1_hls4ml_iris", "myproject_csynth", "csynth")]
    [InlineData("vhls-2019.2_hls4ml_dataflow_conv1d", "myproject_csynth", "csynth")]
    public void Both_files_of_a_run_say_the_same(string folder, string text, string? xml = null)
    {
        DesignReport of_text = ReportReader.ReadFile(Fixture($"{folder}/{text}.rpt")),
            of_xml = ReportReader.ReadFile(Fixture($"{folder}/{xml ?? text}.xml"));
        Assert.Equal(of_text with { Latency = of_xml.Latency, Modules = [] }, of_xml with { Modules = [] });
        Assert.Equal((of_text.Latency.Best, of_text.Latency.Worst), (of_xml.Latency.Best, of_xml.Latency.Worst));
        Assert.All(of_xml.Modules, m => Assert.Equal(
            of_text.Modules.First(t => t.Name == m.Name) is var t ? (t.Latency.Worst, t.Interval.Worst, t.Used)
                : default, (m.Latency.Worst, m.Interval.Worst, m.Used)));
    }

    private static string Fixture(string file)
    {
        string path = SharedData.Require(["hls-reports", .. file.Split('/')]);
        Skip.IfNot(File.Exists(path), $"{path} is not among the shared reports");
        return path;
    }

    private static string Line(DesignReport r)
    {
        string stage = r.CosimPassed switch { true => " pass", false => " fail", null => "" };
        return string.Join(" | ", [
            r.Stage + stage, r.ToolVersion ?? "?", r.Part ?? "?", r.Top ?? "?",
                $"{Of(r.Latency.Best)}/{Of(r.Latency.Average)}/{Of(r.Latency.Worst)}",
            $"{Of(r.Interval.Best)}/{Of(r.Interval.Worst)}",
                $"{Real(r.Clock.TargetNs)} {Real(r.Clock.EstimatedNs)} {Real(r.Clock.UncertaintyNs)}", Of(r.Used),
                Of(r.Available)]);
    }

    private static string Of(ResourceFigures f) => $"{Of(f.Lut)} {Of(f.Ff)} {Of(f.Dsp)} {Of(f.Bram18)} {Of(f.Uram)}"
        + (f.M20k is null ? "" : $" m20k {f.M20k}") + (f.Mlab is null ? "" : $" mlab {f.Mlab}")
        + (f.Area is null ? "" : $" area {Real(f.Area)}");

    private static string Of(long? figure) => figure?.ToString(CultureInfo.InvariantCulture) ?? "?";

    private static string Real(double? figure) => figure?.ToString("G6", CultureInfo.InvariantCulture) ?? "?";
}
